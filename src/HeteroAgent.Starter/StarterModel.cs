using System.Text.Json;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Starter;

/// <summary>The starter specialist: seven tools for everyday requests (music, weather, restaurants, books, films), read out of a request in one forward pass. <c>MODEL_CARD.md</c> beside the file says how it was made and how good it is.</summary>
public static class StarterModel
{
    internal const string Folder = "starter";
    private static readonly string[] Names = ["snips.gguf", "snips.2.gguf", "snips.3.gguf"];
    private static readonly Lazy<double> Threshold = new(ReadThreshold, LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Gets the files of the models that are averaged, which this package puts beside the program: <c>starter/snips.gguf</c> and its siblings.</summary>
    public static IReadOnlyList<string> Paths { get; } = [.. Names.Select(n => Path.Combine(AppContext.BaseDirectory, Folder, n))];

    /// <summary>Gets the file that says below which confidence a call is escalated, and how that was found: <c>starter/snips.escalation.json</c>.</summary>
    public static string EscalationPath { get; } = Path.Combine(AppContext.BaseDirectory, Folder, "snips.escalation.json");

    /// <summary>Gets the probability in [0, 1] below which a call should be handed to the frontier model, for <see cref="EscalateWhen.ConfidenceBelow"/>. It was chosen on requests that the model was not trained on.</summary>
    /// <exception cref="FileNotFoundException">The file is not beside the program.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static double EscalationThreshold => Threshold.Value;

    /// <summary>Loads the models; their probabilities are averaged.</summary>
    /// <param name="options">How to run it; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the loading.</param>
    /// <returns>The model, to be disposed by the caller.</returns>
    /// <exception cref="FileNotFoundException">The file is not beside the program.</exception>
    /// <exception cref="LlamaRuntimeException">The native library could not be loaded.</exception>
    public static Task<ExtractiveModel> LoadAsync(ExtractiveModelOptions? options = null, CancellationToken cancellationToken = default) =>
        ExtractiveModel.LoadAsync([.. Paths.Select(Require)], options, cancellationToken);

    internal static string Require(string path) => File.Exists(path)
        ? path
        : throw new FileNotFoundException($"'{path}' is missing: the package HeteroAgent.Starter copies it there when a program that references it is built or published.", path);

    private static double ReadThreshold()
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Require(EscalationPath)));
            return document.RootElement.GetProperty("threshold").GetDouble() is >= 0 and <= 1 and double threshold
                ? threshold
                : throw new InvalidDataException($"The threshold in '{EscalationPath}' must lie between 0 and 1.");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"'{EscalationPath}' is damaged; an object with a number 'threshold' was expected: {e.Message}", e);
        }
    }
}
