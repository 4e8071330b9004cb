using System.Runtime.InteropServices;
using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>Owns a <c>llama_adapter_lora</c>, and keeps its model alive for as long.</summary>
internal sealed class LlamaAdapterHandle : SafeHandle
{
    private readonly LlamaModelHandle _model;

    private LlamaAdapterHandle(nint adapter, LlamaModelHandle model)
        : base(0, ownsHandle: true)
    {
        _model = model;
        SetHandle(adapter);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Loads an adapter beside its model; a failure carries what the native side logged.</summary>
    internal static unsafe LlamaAdapterHandle Load(LlamaModelHandle model, string path)
    {
        bool referenced = false;
        model.DangerousAddRef(ref referenced);
        nint adapter = 0;
        try
        {
            using LlamaLog.Capture log = LlamaLog.BeginCapture();
            model.AdapterLock.EnterWriteLock();
            try
            {
                fixed (byte* p = Encoding.UTF8.GetBytes(path + '\0'))
                {
                    adapter = Interop.Llama.llama_adapter_lora_init(model, p);
                }
            }
            finally
            {
                model.AdapterLock.ExitWriteLock();
            }

            return adapter != 0
                ? new LlamaAdapterHandle(adapter, model)
                : throw new LlamaModelException(path, $"llama.cpp refused the adapter: {log.Text("it gave no reason")}");
        }
        finally
        {
            if (adapter == 0)
            {
                model.DangerousRelease();
            }
        }
    }

    protected override bool ReleaseHandle()
    {
        _model.AdapterLock.EnterWriteLock();
        Interop.Llama.llama_adapter_lora_free(handle);
        _model.AdapterLock.ExitWriteLock();
        _model.DangerousRelease();
        return true;
    }
}
