using System.Text.Json;
using System.Text.RegularExpressions;

namespace HeteroAgent.Cli;

/// <summary>Makes weak labels from GSM8K: other models' solutions beside the gold one, and gold solutions with an error put in.</summary>
internal static partial class GradeSchool
{
    internal const string Solutions = "gsm8k-solutions";
    internal const string Corrupted = "gsm8k-corrupted";

    private const double SolutionWeight = 0.6;
    private const double CorruptedWeight = 0.2;
    private const int MostCorrupted = 1500;

    public static IEnumerable<CorpusTrace> Read(string folder) => Written(folder).Concat(Damaged(folder));

    private static IEnumerable<CorpusTrace> Written(string folder)
    {
        foreach (JsonElement row in Corpus.Lines(Path.Combine(folder, "example_model_solutions.jsonl")))
        {
            string question = row.GetProperty("question").GetString()!;
            string gold = row.GetProperty("ground_truth").GetString()!;
            foreach (JsonProperty model in row.EnumerateObject().Where(static p => p.Value.ValueKind == JsonValueKind.Object))
            {
                string solution = model.Value.GetProperty("solution").GetString()!;
                bool right = model.Value.GetProperty("is_correct").GetBoolean();
                string[] steps = Steps(solution);
                if (steps.Length == 0)
                {
                    continue;
                }

                ReasoningTrace trace = new(question, [.. steps.Select(Unmarked)]);
                yield return new(new(trace, right ? -1 : GoldChain.FirstDeparture(gold, steps)) { Weight = SolutionWeight, IsWeak = true }, Solutions)
                {
                    Generator = model.Name,
                    IsAnswerRight = right,
                };
            }
        }
    }

    // Each gold solution once as it is and once damaged: the trees see the same words with and without the error.
    private static IEnumerable<CorpusTrace> Damaged(string folder)
    {
        Random random = new(7);
        int made = 0;
        foreach (JsonElement row in Corpus.Lines(Path.Combine(folder, "train.jsonl")))
        {
            if (made >= MostCorrupted)
            {
                yield break;
            }

            string question = row.GetProperty("question").GetString()!;
            string[] steps = Steps(row.GetProperty("answer").GetString()!.Split("####")[0]);
            if (steps.Length < 2 || SolutionDamage.Apply(question, steps, random) is not { } damaged)
            {
                continue;
            }

            made++;
            yield return new(new(new(question, [.. steps.Select(Unmarked)]), -1) { Weight = CorruptedWeight, IsWeak = true }, Corrupted);
            yield return new(new(new(question, [.. damaged.Steps.Select(Unmarked)]), damaged.FirstError) { Weight = CorruptedWeight, IsWeak = true }, Corrupted);
        }
    }

    internal static string Unmarked(string text) => Mark().Replace(text, "");

    private static string[] Steps(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    [GeneratedRegex("<<[^<>]*>>")]
    private static partial Regex Mark();
}
