namespace HeteroAgent;

/// <summary>Deals rows into folds of about equal size and share of labels, rows of one group into one fold.</summary>
internal static class Folds
{
    /// <summary>Returns the fold of each row, from 0; a row without a group is a group of its own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 2 folds.</exception>
    internal static int[] Assign(IReadOnlyList<string?> groups, IReadOnlyList<bool> labels, int folds, int seed)
    {
        if (folds < 2)
        {
            throw new ArgumentOutOfRangeException(nameof(folds), folds, "There are at least 2 folds.");
        }

        List<int>[] members = Members(groups);
        int[] order = [.. Enumerable.Range(0, members.Length)];
        new Random(seed).Shuffle(order);

        // Groups by their share of positive labels, dealt round: every fold gets its part of each kind.
        int[] dealt = [.. order.OrderBy(g => members[g].Average(i => labels[i] ? 1.0 : 0.0))];
        int[] fold = new int[groups.Count];
        for (int i = 0; i < dealt.Length; i++)
        {
            foreach (int row in members[dealt[i]])
            {
                fold[row] = i % folds;
            }
        }

        return fold;
    }

    /// <summary>The rows of each group, in the order in which the groups first occur.</summary>
    internal static List<int>[] Members(IReadOnlyList<string?> groups)
    {
        Dictionary<string, List<int>> byName = [];
        List<List<int>> all = [];
        for (int i = 0; i < groups.Count; i++)
        {
            if (groups[i] is { } name && byName.TryGetValue(name, out List<int>? known))
            {
                known.Add(i);
                continue;
            }

            List<int> members = [i];
            all.Add(members);
            if (groups[i] is { } added)
            {
                byName[added] = members;
            }
        }

        return [.. all];
    }
}
