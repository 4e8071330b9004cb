using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Docs.Tests;

/// <summary>The code that the page on tuning data shows.</summary>
internal static class TuningSnippets
{
    public static async Task ReadAsync()
    {
        #region read
        TuningSet set = await TuningSet.ReadAsync("requests.jsonl");
        foreach (RejectedLine line in set.Rejected)
        {
            Console.WriteLine($"line {line.Number}: {line.Reason}");
        }

        TuningSplit split = set.Split(fraction: 0.1, seed: 1);
        await split.Training.WriteAsync("train.jsonl");
        await split.Evaluation.WriteAsync("eval.jsonl");
        #endregion
    }

    public static void Extract(TuningSet training, TuningSet evaluation)
    {
        #region disjoint
        TuningSet.RequireDisjoint(training, evaluation);
        #endregion
        #region extractive
        ExtractiveSet extractive = training.ToExtractive();
        Console.WriteLine($"{extractive.Examples.Count} fit, {extractive.Rejected.Count} do not");
        foreach (ClosedSlot slot in extractive.ClosedSlots)
        {
            Console.WriteLine($"{slot.Tool}.{slot.Slot} is one of {string.Join(", ", slot.Members)}");
        }
        #endregion
    }

    public static async Task EvaluateAsync(IChatClient client, TuningSet evaluation)
    {
        #region evaluate
        TuningEvaluation result = await TuningEvaluator.EvaluateAsync(client, evaluation);
        Console.WriteLine($"{result.Exact.Value:P1} exactly right [{result.Exact.Low:P1}, {result.Exact.High:P1}]");
        foreach (FieldAccuracy field in result.Fields)
        {
            Console.WriteLine($"{field.Name}: {field.Right} of {field.Expected}, {field.Extra} that should not be there");
        }
        #endregion
    }
}
