using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>Owns a <c>llama_model</c>.</summary>
internal sealed class LlamaModelHandle : SafeHandle
{
    internal LlamaModelHandle(nint model)
        : base(0, ownsHandle: true) => SetHandle(model);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        Interop.Llama.llama_model_free(handle);
        return true;
    }
}
