using System.Runtime.InteropServices;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary>What this machine has for running models.</summary>
internal sealed record Diagnosis(LlamaRuntime? Natives, string? NativesError, IReadOnlyList<string> Attempts, OnnxDiagnosis Onnx, SystemMemory Memory, IReadOnlyList<ModelSummary> Models, IReadOnlyList<Finding> Missing)
{
    /// <summary>Whether a model could be run here.</summary>
    internal bool CanRun => Missing.All(m => !m.IsFatal);

    internal static string System => $"{RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.ProcessArchitecture}, {RuntimeInformation.FrameworkDescription}";

    internal static Diagnosis Make()
    {
        List<Finding> missing = [];
        (LlamaRuntime? natives, string? error, IReadOnlyList<string> attempts) = LoadNatives();
        if (natives is null)
        {
            missing.Add(new Finding(
                "the native llama.cpp libraries cannot be loaded",
                $"Set HETEROAGENT_NATIVE_PATH to a folder that holds those of a LLamaSharp backend package for this system ({RuntimeInformation.RuntimeIdentifier}); an application adds the package LLamaSharp.Backend.Cpu instead.{(OperatingSystem.IsLinux() ? " On Linux they need libgomp1 and glibc 2.34 or newer (or musl)." : "")}",
                IsFatal: true));
        }

        OnnxDiagnosis onnx = OnnxDiagnosis.Make();
        if (onnx.Version is null)
        {
            missing.Add(new Finding(
                "ONNX Runtime cannot be loaded",
                "An application adds the package Microsoft.ML.OnnxRuntime, or Microsoft.ML.OnnxRuntime.Gpu for CUDA. GGUF models run without it.",
                IsFatal: false));
        }

        SystemMemory memory = SystemMemory.Read();
        List<ModelSummary> models = ModelSearch.Find();
        if (!models.Any(m => m.IsRunnable))
        {
            missing.Add(new Finding(
                $"no model that can be run was found in {string.Join(", ", ModelSearch.Folders())}",
                $"Get a GGUF file, for example SmolLM2-135M-Instruct or Qwen3-0.6B, and put it into the current folder, or set {ModelSearch.Variable} to the folder that holds it.",
                IsFatal: false));
        }

        missing.AddRange(models.Where(m => m.IsRunnable && m.File!.SizeInBytes > (memory.AvailableBytes ?? memory.TotalBytes)).Select(m => new Finding(
            $"{m.Path} needs {Quantity.Bytes(m.File!.SizeInBytes)}, more than the memory that is free",
            "Choose a smaller or more strongly quantised model, or free memory.",
            IsFatal: false)));
        return new Diagnosis(natives, error, attempts, onnx, memory, models, missing);
    }

    private static (LlamaRuntime? Natives, string? Error, IReadOnlyList<string> Attempts) LoadNatives()
    {
        try
        {
            return (LlamaRuntime.Load(), null, []);
        }
        catch (LlamaRuntimeException e)
        {
            // The attempts stand behind the first line of the message, and are shown by themselves.
            return (null, e.Attempts.Count > 0 ? e.Message.Split(Environment.NewLine)[0].Replace(" Tried:", "", StringComparison.Ordinal) : e.Message, e.Attempts);
        }
#pragma warning disable CA1031 // This command exists for machines on which loading fails, in whatever way.
        catch (Exception e)
        {
            return (null, $"{e.GetType().Name}: {e.Message}", []);
        }
#pragma warning restore CA1031
    }
}
