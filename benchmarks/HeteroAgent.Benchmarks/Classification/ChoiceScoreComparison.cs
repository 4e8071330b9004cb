using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks;

/// <summary>
/// What the score of a choice should be: the product of its tokens' probabilities, or only of its branches' (each renormalised
/// over the tokens that continue some choice). Messages of BANKING77's and CLINC150's training halves, each with its own label and
/// others drawn at random; in every setting all tokens of all choices are scored once and read both ways.
/// </summary>
internal static class ChoiceScoreComparison
{
    internal static async Task<BenchmarkResult> RunAsync(LlamaModel model, BenchmarkOptions options)
    {
        int requests = options.Rounds ?? 100;
        JsonArray settings = [];
        List<string> lines = [];
        foreach (IntentSet set in (IntentSet[])[IntentSet.Banking77(), IntentSet.Clinc150()])
        {
            string[] labels = [.. set.Train.Select(r => r.Label).Distinct().Order(StringComparer.Ordinal)];
            foreach (int count in (int[])[5, 20])
            {
                (int tokens, int branches, int both) = await CompareAsync(model, set, labels, count, requests).ConfigureAwait(false);
                lines.Add($"{set.Name}, {count} labels: right by all tokens {tokens}, by branches {branches}, by both {both} of {requests}");
                settings.Add(new JsonObject { ["set"] = set.Name, ["labels"] = count, ["requests"] = requests, ["right_by_tokens"] = tokens, ["right_by_branches"] = branches, ["right_by_both"] = both });
                Console.WriteLine(lines[^1]);
            }
        }

        return new BenchmarkResult("choice-scores", string.Join('\n', lines), true, new JsonObject { ["model"] = Path.GetFileName(model.Path), ["settings"] = settings });
    }

    private static async Task<(int Tokens, int Branches, int Both)> CompareAsync(LlamaModel model, IntentSet set, string[] labels, int count, int requests)
    {
        Random random = new(count);
        int[] rows = [.. Enumerable.Range(0, set.Train.Count)];
        random.Shuffle(rows);
        int tokens = 0;
        int branches = 0;
        int both = 0;
        foreach ((string text, string label) in rows.Take(requests).Select(r => set.Train[r]))
        {
            string[] others = [.. labels.Where(l => l != label)];
            random.Shuffle(others);
            string[] offered = [.. others.Take(count - 1).Append(label)];
            random.Shuffle(offered);
            LlamaCpp.ChoiceTokens choices = LlamaCpp.ChoiceTokens.Of(JsonGrammar.Compile(ChoiceBenchmark.Schema(offered)), model.Vocabulary);
            string system = $"Sort the customer's message into one of these intents: {string.Join(", ", offered)}. Answer as JSON: {{\"intent\":\"…\"}}.";
            GenerationRequest request = new([.. model.RenderPrompt([new(ChatRole.System, system), new(ChatRole.User, text)]).TokenIds], CancellationToken.None) { Choices = choices.Tokens };
            model.Scheduler.Submit(request);
            await request.Output.Completion.ConfigureAwait(false);
            string byTokens = offered[Best(request.ChoiceScores!.Select(s => s.Sum(x => (double)x)))];
            string byBranches = offered[Best(Enumerable.Range(0, count).Select(i => Branches(i, choices.Tokens!, request.ChoiceScores!)))];
            tokens += byTokens == label ? 1 : 0;
            branches += byBranches == label ? 1 : 0;
            both += byTokens == label && byBranches == label ? 1 : 0;
        }

        return (tokens, branches, both);
    }

    private static double Branches(int choice, IReadOnlyList<int[]> tokens, float[][] scores)
    {
        double sum = 0;
        for (int depth = 0; depth < tokens[choice].Length; depth++)
        {
            int[] start = tokens[choice][..depth];
            var siblings = Enumerable.Range(0, tokens.Count)
                .Where(i => tokens[i].Length > depth && tokens[i].AsSpan(0, depth).SequenceEqual(start))
                .Select(i => (Token: tokens[i][depth], Score: scores[i][depth])).DistinctBy(s => s.Token);
            sum += scores[choice][depth] - Math.Log(siblings.Sum(s => Math.Exp(s.Score)));
        }

        return sum;
    }

    private static int Best(IEnumerable<double> scores)
    {
        double[] all = [.. scores];
        return Array.IndexOf(all, all.Max());
    }
}
