namespace HeteroAgent;

/// <summary>Fuses rankings: an item's score is the sum over the rankings of 1 / (k + rank), where ranks count from 1 (Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion outperforms Condorcet and individual rank learning methods", SIGIR 2009).</summary>
/// <remarks>Only ranks count, so that rankings whose scores have nothing in common can be fused.</remarks>
public static class ReciprocalRankFusion
{
    /// <summary>The paper's constant, 60: how little the first ranks differ from those behind them.</summary>
    public const double DefaultK = 60;

    /// <summary>Fuses rankings.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="rankings">The rankings, each with its best item first. An item that stands twice in one counts with its better rank.</param>
    /// <param name="k">The constant; above 0.</param>
    /// <param name="comparer">What makes two items the same; <see langword="null"/> for their own equality.</param>
    /// <returns>Every item that stands in a ranking with its score, the best first; items of equal score in the order in which they were met.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="rankings"/> or one of them is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is not above 0.</exception>
    public static IReadOnlyList<KeyValuePair<T, double>> Fuse<T>(IEnumerable<IReadOnlyList<T>> rankings, double k = DefaultK, IEqualityComparer<T>? comparer = null)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(rankings);
        if (!(k > 0 && double.IsFinite(k)))
        {
            throw new ArgumentOutOfRangeException(nameof(k), k, "The constant of reciprocal rank fusion is a finite number above 0.");
        }

        Dictionary<T, double> scores = new(comparer);
        HashSet<T> seen = new(comparer);
        foreach (IReadOnlyList<T> ranking in rankings)
        {
            ArgumentNullException.ThrowIfNull(ranking, nameof(rankings));
            seen.Clear();
            foreach (T item in ranking)
            {
                if (seen.Add(item))
                {
                    scores[item] = scores.GetValueOrDefault(item) + (1 / (k + seen.Count));
                }
            }
        }

        return [.. scores.OrderByDescending(static s => s.Value)];
    }
}
