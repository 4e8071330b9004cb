using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>A list of <c>llama_model_tensor_override</c> in native memory: the types that the quantiser gives to tensors by name.</summary>
internal sealed unsafe class NativeTensorTypes : SafeHandle
{
    private readonly List<nint> _patterns;

    /// <summary>Gives one type to all tensors of these names.</summary>
    internal NativeTensorTypes(IEnumerable<string> names, GGMLType type)
        : base(0, ownsHandle: true)
    {
        _patterns = [.. names.Select(n => Marshal.StringToCoTaskMemUTF8($"^{Regex.Escape(n)}$"))];
        Override* list = (Override*)NativeMemory.AllocZeroed((nuint)(_patterns.Count + 1), (nuint)sizeof(Override));
        for (int i = 0; i < _patterns.Count; i++)
        {
            list[i] = new Override { Pattern = _patterns[i], Type = type };
        }

        SetHandle((nint)list);
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        _patterns.ForEach(Marshal.FreeCoTaskMem);
        return true;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Override
    {
        internal nint Pattern;
        internal GGMLType Type;
    }
}
