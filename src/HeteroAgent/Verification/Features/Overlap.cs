namespace HeteroAgent;

/// <summary>How much two sets of words share.</summary>
internal static class Overlap
{
    public static int Shared(HashSet<string> a, HashSet<string> b)
    {
        (HashSet<string> small, HashSet<string> large) = a.Count <= b.Count ? (a, b) : (b, a);
        int shared = 0;
        foreach (string word in small)
        {
            shared += large.Contains(word) ? 1 : 0;
        }

        return shared;
    }

    /// <summary>The Jaccard index, or NaN where both are empty.</summary>
    public static float Jaccard(HashSet<string> a, HashSet<string> b)
    {
        int shared = Shared(a, b), all = a.Count + b.Count - shared;
        return all == 0 ? float.NaN : (float)shared / all;
    }

    /// <summary>The share of <paramref name="part"/> that occurs in <paramref name="whole"/>, or NaN where it is empty.</summary>
    public static float Covered(HashSet<string> part, HashSet<string> whole) => part.Count == 0 ? float.NaN : (float)Shared(part, whole) / part.Count;
}
