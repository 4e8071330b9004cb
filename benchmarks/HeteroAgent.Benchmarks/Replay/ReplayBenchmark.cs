using System.Text.Json.Nodes;
using HeteroAgent.Starter;

namespace HeteroAgent.Benchmarks;

/// <summary>Routing on the RouteLLM log of GSM8K with everything fitted out of fold, with and without the starter's prior.</summary>
internal static class ReplayBenchmark
{
    internal static async Task<BenchmarkResult> RunAsync()
    {
        ReplayLog log = await ReplayLog.ReadAsync(ModelFile.FindShared("data", "routellm", "gsm8k_responses.csv")).ConfigureAwait(false);
        AnswerPrior prior = StarterAnswerPrior.Load();
        ReplayReport with = ReplayEvaluator.Evaluate(log, new ReplayOptions { Prior = prior });
        ReplayReport without = ReplayEvaluator.Evaluate(log, new ReplayOptions());
        (string Name, ReplayReport Report)[] reports =
        [
            ("prior", with), ("prior, marks taken out", with.WithoutMarks!), ("no prior", without), ("no prior, marks taken out", without.WithoutMarks!),
        ];
        JsonObject figures = new() { ["rows"] = log.Rows.Count };
        List<string> lines = ["replay: RouteLLM's GSM8K log, Mixtral-8x7B and GPT-4, out of fold: AUC weak wrong, APGR, calls at 95 % of GPT-4's accuracy"];
        foreach ((string name, ReplayReport report) in reports)
        {
            figures[name] = new JsonObject
            {
                ["auc_weak_wrong"] = Figure(report.AucWeakWrong),
                ["apgr"] = Figure(report.Apgr),
                ["cpt50"] = Figure(report.Cpt50),
                ["cpt80"] = Figure(report.Cpt80),
                ["calls_at_95_of_strong"] = Figure(report.CallsAt95OfStrong),
                ["random_calls_at_95_of_strong"] = Figure(report.RandomCallsAt95OfStrong),
                ["held_out_calls"] = Figure(report.HeldOutCalls),
                ["held_out_share_of_strong"] = Figure(report.HeldOutShareOfStrong),
                ["verdict"] = report.VerdictText,
            };
            lines.Add($"  {name}: {report.AucWeakWrong.Value:0.000}, {report.Apgr.Value:0.000}, {report.CallsAt95OfStrong.Value:0.000} (random {report.RandomCallsAt95OfStrong.Value:0.000})");
        }

        bool met = with.AucWeakWrong.Value >= 0.8 && with.Apgr.Value >= 0.77 && with.CallsAt95OfStrong.Value <= 0.4;
        return new BenchmarkResult("replay", string.Join('\n', lines), met, figures);
    }

    private static JsonObject Figure(Estimate estimate) => new() { ["value"] = Round(estimate.Value), ["low"] = Round(estimate.Low), ["high"] = Round(estimate.High) };

    private static double? Round(double? value) => value is { } v ? Math.Round(v, 4) : null;
}
