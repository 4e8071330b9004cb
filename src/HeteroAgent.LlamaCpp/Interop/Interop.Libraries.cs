namespace HeteroAgent.LlamaCpp;

/// <summary>The C functions of llama.cpp v0.5.0 that this package calls, under their C names, one file a header part.</summary>
internal static partial class Interop
{
    /// <summary>Logical names; <see cref="LlamaRuntime"/> resolves them to the files that it loaded.</summary>
    internal static class Libraries
    {
        internal const string Llama = "llama";
        internal const string Ggml = "ggml";
        internal const string GgmlBase = "ggml-base";
    }
}
