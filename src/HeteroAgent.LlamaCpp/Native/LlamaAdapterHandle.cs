using System.Runtime.InteropServices;
using System.Text;
using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>Owns a <c>llama_adapter_lora</c>, and keeps its model alive for as long.</summary>
internal sealed class LlamaAdapterHandle : SafeHandle
{
    private readonly SafeLlamaModelHandle _model;

    private LlamaAdapterHandle(nint adapter, SafeLlamaModelHandle model)
        : base(0, ownsHandle: true)
    {
        _model = model;
        SetHandle(adapter);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Loads an adapter beside its model; a failure carries what the native side logged.</summary>
    internal static unsafe LlamaAdapterHandle Load(SafeLlamaModelHandle model, string path)
    {
        bool referenced = false;
        model.DangerousAddRef(ref referenced);
        nint adapter = 0;
        try
        {
            using LlamaLog.Capture log = LlamaLog.BeginCapture();
            ReaderWriterLockSlim adapters = AdapterLocks.Of(model);
            adapters.EnterWriteLock();
            try
            {
                fixed (byte* p = Encoding.UTF8.GetBytes(path + '\0'))
                {
                    adapter = LlamaFunctions.llama_adapter_lora_init(model, p);
                }
            }
            finally
            {
                adapters.ExitWriteLock();
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
        ReaderWriterLockSlim adapters = AdapterLocks.Of(_model);
        adapters.EnterWriteLock();
        LlamaFunctions.llama_adapter_lora_free(handle);
        adapters.ExitWriteLock();
        _model.DangerousRelease();
        return true;
    }
}
