using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary>The examples to train on, and those to measure on, which are none of them.</summary>
internal sealed record TuneData(TuningSet Train, TuningSet? Evaluation)
{
    internal static async Task<TuneData> ReadAsync(string data, string? evaluation, CancellationToken cancellationToken)
    {
        TuningSet train = await TuningSet.ReadAsync(data, options: null, cancellationToken).ConfigureAwait(false);
        Remark(data, train);
        if (evaluation is null)
        {
            return new TuneData(train, null);
        }

        TuningSet held = await TuningSet.ReadAsync(evaluation, new TuningSetOptions { MinExamples = 1 }, cancellationToken).ConfigureAwait(false);
        Remark(evaluation, held);
        TuningSet.RequireDisjoint(train, held);
        return new TuneData(train, held);
    }

    private static void Remark(string file, TuningSet set)
    {
        const int Shown = 5;
        foreach (RejectedLine line in set.Rejected.Take(Shown))
        {
            Terminal.WriteRemark(Terminal.OneLine($"{file}, line {line.Number} is not used: {line.Reason}"));
        }

        if (set.Rejected.Count > Shown)
        {
            Terminal.WriteRemark($"{file}: {set.Rejected.Count - Shown} more lines are not used.");
        }
    }
}
