using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>Owns a <c>llama_context</c>, and keeps its model alive for as long.</summary>
internal sealed class LlamaContextHandle : SafeHandle
{
    private readonly LlamaModelHandle _model;

    private LlamaContextHandle(nint context, LlamaModelHandle model)
        : base(0, ownsHandle: true)
    {
        _model = model;
        SetHandle(context);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>To be held for reading while the context decodes; see <see cref="LlamaModelHandle.AdapterLock"/>.</summary>
    internal ReaderWriterLockSlim AdapterLock => _model.AdapterLock;

    /// <summary>Creates a context; a failure carries what the native side logged.</summary>
    internal static LlamaContextHandle Create(LlamaModelHandle model, Interop.LlamaContextParams parameters, string modelPath)
    {
        bool referenced = false;
        model.DangerousAddRef(ref referenced);
        using LlamaLog.Capture log = LlamaLog.BeginCapture();
        model.AdapterLock.EnterReadLock();
        nint context = Interop.Llama.llama_init_from_model(model, parameters);
        model.AdapterLock.ExitReadLock();
        if (context == 0)
        {
            model.DangerousRelease();
            throw new LlamaModelException(modelPath, $"a context of {parameters.NCtx} tokens could not be created: {log.Text("the native library gave no reason; the memory may not suffice, so try a smaller ContextLength")}");
        }

        return new LlamaContextHandle(context, model);
    }

    protected override bool ReleaseHandle()
    {
        Interop.Llama.llama_free(handle);
        _model.DangerousRelease();
        return true;
    }
}
