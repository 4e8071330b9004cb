using System.Runtime.InteropServices;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>The 32-bit tensors of a GGUF file, read without the library's own reader.</summary>
internal sealed class FloatTensors
{
    private readonly Dictionary<string, Rows> _tensors = new(StringComparer.Ordinal);

    internal FloatTensors(string path)
    {
        File = GgufFile.Read(path);
        byte[] bytes = System.IO.File.ReadAllBytes(path);
        foreach (GgufTensor tensor in File.Tensors)
        {
            Assert.That(tensor.Type, Is.EqualTo(GgmlType.F32));
            float[] values = MemoryMarshal.Cast<byte, float>(bytes.AsSpan((int)(File.DataOffset + tensor.Offset), (int)tensor.SizeInBytes)).ToArray();
            _tensors.Add(tensor.Name, new Rows(values, (int)tensor.Shape[0]));
        }
    }

    internal GgufFile File { get; }

    internal float[] this[string name] => _tensors[name].Values;

    internal IRowSource? Find(string name) => _tensors.GetValueOrDefault(name);

    internal void CopyTo(ParameterSet parameters)
    {
        foreach (Parameter parameter in parameters.Parameters)
        {
            this[parameter.Name].CopyTo(parameters.Of(parameter));
        }
    }

    private sealed class Rows(float[] values, int columns) : IRowSource
    {
        internal float[] Values => values;

        int IRowSource.Rows => values.Length / columns;

        int IRowSource.Columns => columns;

        void IRowSource.ReadRows(int first, int count, Span<float> target) => values.AsSpan(first * columns, count * columns).CopyTo(target);
    }
}
