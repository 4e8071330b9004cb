using System.Text.Json;
using System.Text.Json.Nodes;

namespace HeteroAgent.Benchmarks;

/// <summary>Trains the starter's answer prior from the shared data and writes it into the starter package.</summary>
internal static class AnswerPriorTraining
{
    private static readonly string[] Models = ["6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification"];

    internal static async Task<BenchmarkResult> RunAsync()
    {
        List<(string, string)> solutions = [];
        await foreach (JsonElement row in ReadAsync("train.jsonl").ConfigureAwait(false))
        {
            solutions.Add((row.GetProperty("question").GetString()!, row.GetProperty("answer").GetString()!));
        }

        List<(string Question, string Answer, bool IsCorrect)> answers = [];
        await foreach (JsonElement row in ReadAsync("example_model_solutions.jsonl").ConfigureAwait(false))
        {
            foreach (JsonElement answer in Models.Select(m => row.GetProperty(m)))
            {
                answers.Add((row.GetProperty("question").GetString()!, answer.GetProperty("solution").GetString()!, answer.GetProperty("is_correct").GetBoolean()));
            }
        }

        AnswerPrior prior = AnswerPrior.Train(solutions, answers);
        string file = Path.Combine(ModelFile.Repository(), "src", "HeteroAgent.Starter", "Model", "answers.prior");
        using (FileStream stream = File.Create(file))
        {
            prior.Save(stream);
        }

        double[] scores = [.. answers.Select(a => prior.LogOddsWrong(a.Question, a.Answer))];
        RoutingCurve curve = RoutingCurve.Create(scores, [.. answers.Select(a => a.IsCorrect)], [.. answers.Select(_ => true)]);
        double auc = Auc(scores, [.. answers.Select(a => a.IsCorrect)]);
        JsonObject figures = new()
        {
            ["solutions"] = solutions.Count,
            ["answers"] = answers.Count,
            ["questions"] = answers.Select(a => a.Question).Distinct().Count(),
            ["parts"] = prior.Parts,
            ["bytes"] = new FileInfo(file).Length,
            ["auc_wrong_on_questions_not_seen"] = Math.Round(auc, 4),
            ["apgr_with_a_perfect_strong_model"] = Math.Round(curve.AverageGapRecovered ?? double.NaN, 4),
        };
        return new BenchmarkResult("answer-prior", $"answer prior: {answers.Count} answers, AUC {auc:0.000} on questions that the trees had not seen, {new FileInfo(file).Length} bytes", true, figures);
    }

    private static async IAsyncEnumerable<JsonElement> ReadAsync(string name)
    {
        await foreach (string line in File.ReadLinesAsync(ModelFile.FindShared("data", "gsm8k", name)).ConfigureAwait(false))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            yield return document.RootElement.Clone();
        }
    }

    private static double Auc(double[] scores, bool[] correct)
    {
        (double Score, bool IsCorrect)[] sorted = [.. scores.Zip(correct).OrderBy(p => p.First)];
        double right = 0;
        double pairs = 0;
        foreach ((double _, bool isCorrect) in sorted)
        {
            right += isCorrect ? 1 : 0;
            pairs += isCorrect ? 0 : right;
        }

        return pairs / (right * (sorted.Length - right));
    }
}
