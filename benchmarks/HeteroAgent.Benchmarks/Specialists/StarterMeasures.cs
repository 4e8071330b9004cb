using System.Text.Json.Nodes;
using HeteroAgent.Cli;
using HeteroAgent.LlamaCpp;
using HeteroAgent.Starter;

namespace HeteroAgent.Benchmarks;

/// <summary>The starter on SNIPS' 700 validation requests: as they are, in lower and in upper case, and with one typing error in a word that belongs to no value.</summary>
internal static class StarterMeasures
{
    private const double LeastTool = 0.983;
    private const double LeastExact = 0.88;
    private const double LeastCase = 0.84;
    private const double LeastTyping = 0.82;

    internal static async Task<BenchmarkResult> RunAsync()
    {
        IReadOnlyList<ExtractiveExample> plain = SnipsRequests.Validation();
        using ExtractiveModel model = await StarterModel.LoadAsync().ConfigureAwait(false);
        TuningEvaluation asTheyAre = await MeasureAsync(model, plain).ConfigureAwait(false);
        TuningEvaluation lower = await MeasureAsync(model, RequestVariant.LowerCase(plain)).ConfigureAwait(false);
        TuningEvaluation upper = await MeasureAsync(model, RequestVariant.UpperCase(plain)).ConfigureAwait(false);
        TuningEvaluation typing = await MeasureAsync(model, RequestVariant.OneTypingError(plain)).ConfigureAwait(false);
        JsonArray alone = [];
        foreach (string path in StarterModel.Paths)
        {
            using ExtractiveModel one = await ExtractiveModel.LoadAsync(path).ConfigureAwait(false);
            alone.Add(SpecialistFigures.Of(await MeasureAsync(one, plain).ConfigureAwait(false)));
        }

        JsonObject figures = new()
        {
            ["files"] = StarterModel.Paths.Count,
            ["bytes"] = StarterModel.Paths.Sum(p => new FileInfo(p).Length),
            ["validation"] = SpecialistFigures.Of(asTheyAre),
            ["lower_case"] = SpecialistFigures.Of(lower),
            ["upper_case"] = SpecialistFigures.Of(upper),
            ["one_typing_error"] = SpecialistFigures.Of(typing),
            ["each_model_alone"] = alone,
        };
        string summary = $"starter: {SpecialistFigures.Line(asTheyAre)}; lower case {SpecialistFigures.Line(lower)}; upper case {SpecialistFigures.Line(upper)}; one typing error {SpecialistFigures.Line(typing)}";
        bool met = asTheyAre.Tool?.Value >= LeastTool && asTheyAre.Exact.Value >= LeastExact && lower.Exact.Value >= LeastCase && upper.Exact.Value >= LeastCase && typing.Exact.Value >= LeastTyping;
        return new BenchmarkResult("starter", summary, met, figures);
    }

    private static Task<TuningEvaluation> MeasureAsync(ExtractiveModel model, IReadOnlyList<ExtractiveExample> examples) =>
        TuningEvaluator.EvaluateAsync(model.AsIChatClient(), SnipsData.ToTuningSet(examples), new TuningEvaluationOptions { OfferTools = false });
}
