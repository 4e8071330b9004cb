using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>Writes a model with smaller weights, by llama.cpp's own quantiser. Metadata, vocabulary and chat template stay.</summary>
public static partial class ModelQuantizer
{
    /// <summary>Quantises a model into another file, which is replaced as a whole or not at all.</summary>
    /// <param name="source">The model to read, best with 32-bit or 16-bit weights.</param>
    /// <param name="target">The file to write, not the source.</param>
    /// <param name="quantization">The format in any case, such as <c>Q8_0</c>, <c>Q4_0</c> or <c>Q4_K_M</c>; mixtures keep some tensors finer.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives the share of tensors that are done, above 0 and at most 1, from the quantising thread.</param>
    /// <param name="cancellationToken">Prevents the start; a quantisation that runs is finished, and then thrown away.</param>
    /// <exception cref="ArgumentException"><paramref name="quantization"/> is not known, or <paramref name="target"/> is the source.</exception>
    /// <exception cref="FileNotFoundException">There is no such source.</exception>
    /// <exception cref="GgufException">The source is no whole model.</exception>
    /// <exception cref="LlamaModelException">llama.cpp refused: among other things a source that is quantised already, unless the options allow it.</exception>
    /// <exception cref="TuningException">The target could not be written (<see cref="TuningFailure.NotWritten"/>).</exception>
    /// <exception cref="LlamaRuntimeException">The native library could not be loaded, or is not the one that this package was built for.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task QuantizeAsync(string source, string target, string quantization, ModelQuantizerOptions? options = null, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(source);
        ArgumentException.ThrowIfNullOrWhiteSpace(target);
        ArgumentException.ThrowIfNullOrWhiteSpace(quantization);
        if (!GgufQuantization.TryParse(quantization, out int fileType))
        {
            throw new ArgumentException($"'{quantization}' is no quantisation that is known: {string.Join(", ", GgufQuantization.Names)} are.", nameof(quantization));
        }

        ModelQuantizerOptions validated = options ?? new ModelQuantizerOptions();
        int threads = validated.ValidThreads();
        return Task.Run(() => Run(source, target, fileType, threads, validated.AllowRequantize, progress, cancellationToken), cancellationToken);
    }

    private static void Run(string source, string target, int fileType, int threads, bool allowRequantize, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        GgufFile file = GgufFile.Read(source);
        LoraMerge.RequireAnotherFile(target, file, nameof(target));
        file.RequireRunnable();
        LlamaRuntime.Load();
        string full = Path.GetFullPath(target);
        string beside = string.Create(CultureInfo.InvariantCulture, $"{full}.{Environment.ProcessId}.quantized.part");
        try
        {
            // An error of the file system is found here, where it has a name; the native library only says that it failed.
            File.Create(beside).Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            Quantize(file, beside, fileType, threads, allowRequantize, progress);
            cancellationToken.ThrowIfCancellationRequested();
            Finish(file, beside, full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TuningException(TuningFailure.NotWritten, $"'{full}' could not be written: {e.Message} What stood there before is untouched.", e);
        }
        finally
        {
            Discard(beside);
        }
    }

    private static unsafe void Quantize(GgufFile source, string target, int fileType, int threads, bool allowRequantize, IProgress<float>? progress)
    {
        LLamaModelQuantizeParams parameters = LLamaModelQuantizeParams.Default();
        parameters.ftype = (LLamaFtype)fileType;
        parameters.nthread = threads;
        parameters.allow_requantize = allowRequantize;

        // Rows that no quantised type can hold: llama.cpp has a finer type to fall back to for some of its formats only.
        const int BlockLength = 32;
        using NativeTensorTypes types = new(source.Tensors.Where(t => t.Shape.Count > 1 && t.Shape[0] % BlockLength != 0).Select(t => t.Name), GGMLType.GGML_TYPE_F16);
        parameters.tensor_types = types.DangerousGetHandle();
        using LlamaLog.Capture log = LlamaLog.BeginCapture();
        LlamaLog.Observe(progress is null ? null : message => Report(progress, message));
        try
        {
            fixed (byte* from = Encoding.UTF8.GetBytes(source.Path! + '\0'))
            fixed (byte* to = Encoding.UTF8.GetBytes(target + '\0'))
            {
                if (LlamaFunctions.llama_model_quantize(from, to, &parameters) != 0)
                {
                    throw new LlamaModelException(source.Path!, $"llama.cpp could not quantise the model: {log.Text("it gave no reason")}");
                }
            }
        }
        finally
        {
            LlamaLog.Observe(null);
        }
    }

    private static void Finish(GgufFile source, string beside, string target)
    {
        GgufFile written = GgufFile.Read(beside);
        if (written.ChatTemplate != source.ChatTemplate && source.ChatTemplate is { } template)
        {
            GgufWriter.CopyOf(written).Set("tokenizer.chat_template", template).Write(beside);
        }

        using (FileStream stream = new(beside, FileMode.Open, FileAccess.ReadWrite))
        {
            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, target, overwrite: true);
    }

    private static void Discard(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first failure is the one to report.
        }
    }

    private static void Report(IProgress<float> progress, string message)
    {
        // The quantiser's only sign of progress is its log: "[  12/ 272]  blk.0.attn_q.weight - …".
        if (Counter().Match(message) is { Success: true } match
            && int.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out int done)
            && int.TryParse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture, out int all)
            && done > 0 && done <= all)
        {
            progress.Report((float)done / all);
        }
    }

    [GeneratedRegex(@"^\[\s*([0-9]+)\s*/\s*([0-9]+)\]")]
    private static partial Regex Counter();
}
