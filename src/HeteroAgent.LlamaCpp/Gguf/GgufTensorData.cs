using System.IO.MemoryMappedFiles;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>The numbers of a file's tensors, read from the mapped file in whatever type they are stored. Any number of threads may read at once.</summary>
internal sealed unsafe class GgufTensorData : IDisposable
{
    private readonly Dictionary<string, GgufTensor> _tensors;
    private readonly Dictionary<GgufFile, Mapping> _mappings = [];

    /// <exception cref="ArgumentException">The file was read from a stream.</exception>
    /// <exception cref="GgufException">The file changed since it was read.</exception>
    internal GgufTensorData(GgufFile file)
    {
        if (file.Path is null)
        {
            throw new ArgumentException("The file was read from a stream: its tensors cannot be read again.", nameof(file));
        }

        File = file;
        _tensors = file.Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
        try
        {
            foreach (GgufFile part in file.Parts)
            {
                _mappings.Add(part, new Mapping(part));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal GgufFile File { get; }

    /// <summary>A tensor's rows, or null where the file has no tensor of that name. All but the first dimension count as rows.</summary>
    internal IRowSource? Find(string name) => _tensors.TryGetValue(name, out GgufTensor? tensor) ? new TensorRows(this, tensor) : null;

    /// <summary>Turns rows into numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tensor has no such rows.</exception>
    /// <exception cref="ArgumentException">The target is too short.</exception>
    /// <exception cref="GgufException">Tensors of this type cannot be turned into numbers.</exception>
    /// <exception cref="ObjectDisposedException">The data is disposed.</exception>
    internal void ReadRows(GgufTensor tensor, long first, int count, Span<float> target)
    {
        long rowLength = tensor.Shape[0];
        long rows = tensor.ElementCount / rowLength;
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, rows);
        long numbers = count * rowLength;
        if (target.Length < numbers)
        {
            throw new ArgumentException($"{count} rows of '{tensor.Name}' are {numbers:N0} numbers; the target has {target.Length:N0}.", nameof(target));
        }

        long rowBytes = tensor.SizeInBytes / rows;
        Mapping mapping = _mappings[File.PartOf(tensor)];
        SafeHandle handle = mapping.Handle;
        bool held = false;
        try
        {
            // Held while it is read: another thread may dispose in between.
            handle.DangerousAddRef(ref held);
            byte* data = mapping.Start + tensor.Offset + (first * rowBytes);
            Convert(tensor, new ReadOnlySpan<byte>(data, checked((int)(count * rowBytes))), target[..(int)numbers]);
        }
        finally
        {
            if (held)
            {
                handle.DangerousRelease();
            }
        }
    }

    /// <summary>The bytes of a tensor, in pieces.</summary>
    internal void ReadBytes(GgufTensor tensor, int pieceLength, Action<ReadOnlySpan<byte>> read)
    {
        Mapping mapping = _mappings[File.PartOf(tensor)];
        SafeHandle handle = mapping.Handle;
        bool held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            byte* data = mapping.Start + tensor.Offset;
            for (long at = 0; at < tensor.SizeInBytes; at += pieceLength)
            {
                read(new ReadOnlySpan<byte>(data + at, (int)Math.Min(pieceLength, tensor.SizeInBytes - at)));
            }
        }
        finally
        {
            if (held)
            {
                handle.DangerousRelease();
            }
        }
    }

    public void Dispose()
    {
        foreach (Mapping mapping in _mappings.Values)
        {
            mapping.Dispose();
        }
    }

    private void Convert(GgufTensor tensor, ReadOnlySpan<byte> source, Span<float> target)
    {
        switch (tensor.Type)
        {
            case GgmlType.F32:
                source.CopyTo(MemoryMarshal.AsBytes(target));
                break;
            case GgmlType.F16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(source), target);
                break;
            default:
                delegate* unmanaged[Cdecl]<void*, float*, long, void> convert = GgmlTypeTraits.ToFloat(tensor.Type);
                if (convert is null)
                {
                    throw new GgufException(GgufError.UnsupportedTensorType, $"tensor '{tensor.Name}' is stored as {tensor.Type}, which cannot be turned into floats.", File.Path);
                }

                fixed (byte* from = source)
                fixed (float* to = target)
                {
                    convert(from, to, target.Length);
                }

                break;
        }
    }

    private sealed class TensorRows(GgufTensorData data, GgufTensor tensor) : IRowSource
    {
        public int Rows { get; } = checked((int)(tensor.ElementCount / tensor.Shape[0]));

        public int Columns { get; } = checked((int)tensor.Shape[0]);

        public void ReadRows(int first, int count, Span<float> target) => data.ReadRows(tensor, first, count, target);
    }

    /// <summary>One file in memory.</summary>
    private sealed class Mapping : IDisposable
    {
        private readonly MemoryMappedFile _mapped;
        private readonly MemoryMappedViewAccessor _view;
        private readonly long _dataOffset;

        internal Mapping(GgufFile file)
        {
            FileStream stream = new(file.Path!, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length != file.SizeInBytes)
            {
                using (stream)
                {
                    throw new GgufException(GgufError.Truncated, $"the file had {file.SizeInBytes:N0} bytes when it was read and has {stream.Length:N0} now.", file.Path);
                }
            }

            _dataOffset = file.DataOffset;
            _mapped = MemoryMappedFile.CreateFromFile(stream, mapName: null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            _view = _mapped.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        }

        internal SafeHandle Handle => _view.SafeMemoryMappedViewHandle;

        /// <summary>Where the tensors begin, while the handle is held.</summary>
        internal byte* Start => (byte*)Handle.DangerousGetHandle() + _view.PointerOffset + _dataOffset;

        public void Dispose()
        {
            _view.Dispose();
            _mapped.Dispose();
        }
    }
}
