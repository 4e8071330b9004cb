namespace HeteroAgent.LlamaCpp;

/// <summary>Deals examples into folds, label by label; examples of one text stay together, and a label's only text is never held out.</summary>
internal static class ExampleFolds
{
    private const int EnoughHeldOut = 2000;

    /// <summary>The rows of each fold that is to be held out: as many folds as give enough examples; none where nothing can be held out.</summary>
    internal static IReadOnlyList<int[]> Deal(IReadOnlyList<string> texts, int[] classes, int folds, int seed)
    {
        Random random = new(seed);
        List<int>[] dealt = [.. Enumerable.Range(0, folds).Select(_ => new List<int>())];
        var byClass = Enumerable.Range(0, classes.Length)
            .GroupBy(row => texts[row].Trim().ToUpperInvariant(), StringComparer.Ordinal)
            .GroupBy(group => classes[group.First()])
            .OrderBy(group => group.Key);
        int next = 0;
        foreach (IGrouping<int, IGrouping<string, int>> label in byClass)
        {
            IGrouping<string, int>[] groups = [.. label];
            random.Shuffle(groups);
            for (int i = 0; i < groups.Length && groups.Length > 1; i++, next++)
            {
                dealt[next % folds].AddRange(groups[i]);
            }
        }

        List<int[]> held = [];
        foreach (List<int> fold in dealt.Where(f => f.Count > 0))
        {
            held.Add([.. fold.Order()]);
            if (held.Sum(f => f.Length) >= EnoughHeldOut)
            {
                break;
            }
        }

        return held;
    }
}
