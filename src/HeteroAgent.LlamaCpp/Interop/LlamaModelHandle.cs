using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>Owns a <c>llama_model</c>.</summary>
internal sealed class LlamaModelHandle : SafeHandle
{
    internal LlamaModelHandle(nint model)
        : base(0, ownsHandle: true) => SetHandle(model);

    public override bool IsInvalid => handle == 0;

    /// <summary>
    /// Guards llama.cpp's list of the model's adapters: every context reads it when it lays out its compute graphs, which any
    /// decode may do, and loading or freeing an adapter changes it.
    /// </summary>
    internal ReaderWriterLockSlim AdapterLock { get; } = new();

    protected override bool ReleaseHandle()
    {
        Interop.Llama.llama_model_free(handle);
        AdapterLock.Dispose();
        return true;
    }
}
