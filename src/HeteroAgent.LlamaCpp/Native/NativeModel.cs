using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>Loads native models.</summary>
internal static unsafe class NativeModel
{
    /// <summary>Loads a model; a failure carries what the native side logged.</summary>
    /// <exception cref="LlamaModelException">The native library refused the model.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal static SafeLlamaModelHandle Load(string path, LlamaModelOptions options, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        LoadProgress state = new(progress, cancellationToken);
        GCHandle pin = GCHandle.Alloc(state);
        try
        {
            NativeModelParams parameters = LlamaFunctions.llama_model_default_params();
            parameters.Set(nameof(LLamaModelParams.n_gpu_layers), options.GpuLayers);
            parameters.Set(nameof(LLamaModelParams.load_mode), options.UseMemoryMapping ? LLamaLoadMode.MemoryMap : LLamaLoadMode.None);
            parameters.Set(nameof(LLamaModelParams.progress_callback), (nint)(delegate* unmanaged[Cdecl]<float, nint, byte>)&OnProgress);
            parameters.Set(nameof(LLamaModelParams.progress_callback_user_data), GCHandle.ToIntPtr(pin));
            using LlamaLog.Capture log = LlamaLog.BeginCapture();
            nint model;
            fixed (byte* p = Encoding.UTF8.GetBytes(path + '\0'))
            {
                model = LlamaFunctions.llama_model_load_from_file(p, parameters);
            }

            if (model == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new LlamaModelException(path, $"llama.cpp refused the model: {log.Text("it gave no reason")}");
            }

            SafeLlamaModelHandle handle = new();
            Marshal.InitHandle(handle, model);
            return handle;
        }
        finally
        {
            pin.Free();
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte OnProgress(float share, nint userData)
    {
        LoadProgress state = (LoadProgress)GCHandle.FromIntPtr(userData).Target!;
        try
        {
            state.Progress?.Report(share);
        }
#pragma warning disable CA1031 // An exception must not travel through native frames.
        catch (Exception)
        {
        }
#pragma warning restore CA1031

        return state.CancellationToken.IsCancellationRequested ? (byte)0 : (byte)1;
    }

    private sealed record LoadProgress(IProgress<float>? Progress, CancellationToken CancellationToken);
}
