using System.Runtime.ConstrainedExecution;
using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>Holds a native model: its own, which it frees, or somebody else's, which it keeps from being freed.</summary>
internal sealed class ModelReference : CriticalFinalizerObject, IDisposable
{
    private readonly SafeLlamaModelHandle _handle;
    private readonly bool _owns;
    private int _released = 1;

    /// <exception cref="ObjectDisposedException">The model is freed already.</exception>
    internal ModelReference(SafeLlamaModelHandle handle, bool owns)
    {
        _handle = handle;
        _owns = owns;
        if (!owns)
        {
            bool referenced = false;
            handle.DangerousAddRef(ref referenced);
        }

        _released = 0;
    }

    ~ModelReference() => Release();

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) != 0)
        {
            return;
        }

        if (_owns)
        {
            _handle.Dispose();
        }
        else
        {
            _handle.DangerousRelease();
        }
    }
}
