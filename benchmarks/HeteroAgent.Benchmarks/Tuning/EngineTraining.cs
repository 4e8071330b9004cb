using System.Diagnostics;
using System.Runtime.InteropServices;
using HeteroAgent.LlamaCpp;
using LLama.Native;

namespace HeteroAgent.Benchmarks;

/// <summary>llama.cpp's own training: llama_opt_init and llama_opt_epoch, which the library does not call.</summary>
/// <remarks>Builds of llama.cpp whose KV cache is written by row indices have no gradient for that and end the process (<see href="https://github.com/ggml-org/llama.cpp/issues/18805"/>), so <see cref="IsSupported"/> tries a step in a process of its own.</remarks>
internal sealed unsafe class EngineTraining : IDisposable
{
    private const int TypeI32 = 26;
    private readonly SafeLlamaModelHandle _model;
    private readonly SafeLLamaContextHandle _context;
    private readonly nint _dataset;
    private readonly nint _result;
    private readonly long _count;
    private readonly delegate* unmanaged[Cdecl]<nint, nint, nint, nint, long, nint, nint, void> _epoch;
    private readonly delegate* unmanaged[Cdecl]<nint, void> _reset;
    private readonly delegate* unmanaged[Cdecl]<nint, double*, double*, void> _loss;

    internal EngineTraining(string file, int[][] sequences, int threads)
    {
        LlamaRuntime runtime = LlamaRuntime.Load();
        nint Llama(string name) => NativeLibrary.GetExport(runtime.Llama, name);
        nint Ggml(string name) => NativeLibrary.GetExport(runtime.GgmlBase, name);
        uint length = (uint)sequences[0].Length;
        LLamaModelParams load = LLamaModelParams.Default();
        (load.n_gpu_layers, load.load_mode, load.use_extra_bufts) = (0, LLamaLoadMode.None, false);
        _model = SafeLlamaModelHandle.LoadFromFile(file, load);

        LLamaContextParams parameters = LLamaContextParams.Default();
        parameters.n_ctx = parameters.n_batch = parameters.n_ubatch = parameters.n_outputs_max = length;
        parameters.n_seq_max = 1;
        parameters.n_threads = parameters.n_threads_batch = threads;
        parameters.llama_flash_attn_type = LLamaFlashAttentionType.LLAMA_FLASH_ATTENTION_TYPE_DISABLED;
        parameters.type_k = parameters.type_v = GGMLType.GGML_TYPE_F32;
        _context = NativeContext.Create(_model, parameters, file);

        // Training runs on the backend's own count of threads, which only a decode sets.
        using (NativeBatch batch = new(1))
        {
            batch.Add(3, 0, 0, output: true);
            LlamaFunctions.llama_decode(_context, batch.Value);
            NativeApi.llama_memory_clear(LlamaFunctions.llama_get_memory(_context), data: true);
        }

        OptParams options = new()
        {
            ParamFilter = Llama("llama_opt_param_filter_all"),
            GetOptimizerParams = Ggml("ggml_opt_get_default_optimizer_params"),
        };
        ((delegate* unmanaged[Cdecl]<nint, nint, OptParams, void>)Llama("llama_opt_init"))(_context.DangerousGetHandle(), _model.DangerousGetHandle(), options);
        _count = sequences.Length;
        _dataset = ((delegate* unmanaged[Cdecl]<int, int, long, long, long, long, nint>)Ggml("ggml_opt_dataset_init"))(TypeI32, TypeI32, length, length, _count, 1);
        var data = (delegate* unmanaged[Cdecl]<nint, nint>)Ggml("ggml_get_data");
        int* tokens = (int*)data(((delegate* unmanaged[Cdecl]<nint, nint>)Ggml("ggml_opt_dataset_data"))(_dataset));
        int* labels = (int*)data(((delegate* unmanaged[Cdecl]<nint, nint>)Ggml("ggml_opt_dataset_labels"))(_dataset));
        foreach (int[] sequence in sequences)
        {
            for (int i = 0; i < sequence.Length; i++)
            {
                *tokens++ = sequence[i];
                *labels++ = sequence[(i + 1) % sequence.Length];
            }
        }

        _result = ((delegate* unmanaged[Cdecl]<nint>)Ggml("ggml_opt_result_init"))();
        _epoch = (delegate* unmanaged[Cdecl]<nint, nint, nint, nint, long, nint, nint, void>)Llama("llama_opt_epoch");
        _reset = (delegate* unmanaged[Cdecl]<nint, void>)Ggml("ggml_opt_result_reset");
        _loss = (delegate* unmanaged[Cdecl]<nint, double*, double*, void>)Ggml("ggml_opt_result_loss");
    }

    /// <summary>The argument with which this program tries one step on the model file that follows it.</summary>
    internal const string Probe = "--try-training";

    /// <summary>Whether this build of llama.cpp can train a model.</summary>
    internal static bool IsSupported(string file)
    {
        ProcessStartInfo info = new(Environment.ProcessPath!) { RedirectStandardError = true, RedirectStandardOutput = true };
        string program = Environment.GetCommandLineArgs()[0];
        foreach (string argument in (string[])[.. Path.GetFileNameWithoutExtension(info.FileName) == "dotnet" ? [program] : Array.Empty<string>(), Probe, file])
        {
            info.ArgumentList.Add(argument);
        }

        info.Environment["GGML_NO_BACKTRACE"] = "1";
        using Process process = Process.Start(info)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    /// <summary>Trains one step on a model file, for <see cref="IsSupported"/>.</summary>
    internal static int Try(string file)
    {
        using EngineTraining training = new(file, [[.. Enumerable.Range(3, TrainingModel.Sequence)]], threads: 1);
        return double.IsFinite(training.Train()) ? 0 : 1;
    }

    /// <summary>Trains on all sequences, one a step, and gives back the mean loss.</summary>
    internal double Train()
    {
        _reset(_result);
        _epoch(_context.DangerousGetHandle(), _dataset, _result, 0, _count, 0, 0);
        double loss;
        double uncertainty;
        _loss(_result, &loss, &uncertainty);
        return loss;
    }

    public void Dispose()
    {
        nint ggml = LlamaRuntime.Current!.GgmlBase;
        ((delegate* unmanaged[Cdecl]<nint, void>)NativeLibrary.GetExport(ggml, "ggml_opt_result_free"))(_result);
        ((delegate* unmanaged[Cdecl]<nint, void>)NativeLibrary.GetExport(ggml, "ggml_opt_dataset_free"))(_dataset);
        _context.Dispose();
        _model.Dispose();
    }

    /// <summary><c>llama_opt_params</c>, 48 bytes on 64-bit systems.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OptParams
    {
        internal uint NCtxTrain;
        internal nint ParamFilter;
        internal nint ParamFilterData;
        internal nint GetOptimizerParams;
        internal nint GetOptimizerParamsData;
        internal int OptimizerType;
    }
}
