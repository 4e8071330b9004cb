using System.Runtime.InteropServices;
using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>The names of the chat templates that the loaded llama.cpp knows.</summary>
internal static unsafe class KnownTemplates
{
    /// <summary>The names, joined by commas.</summary>
    internal static string List => string.Join(", ", Names());

    private static IEnumerable<string> Names()
    {
        int count = NativeApi.llama_chat_builtin_templates(null, 0);
        nint[] names = new nint[Math.Max(count, 0)];
        fixed (nint* output = names)
        {
            _ = NativeApi.llama_chat_builtin_templates((char**)output, (nuint)names.Length);
        }

        return names.Select(n => Marshal.PtrToStringUTF8(n) ?? "").Order(StringComparer.Ordinal);
    }
}
