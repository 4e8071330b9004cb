namespace HeteroAgent;

/// <summary>Where an agent stands at one step.</summary>
internal sealed record AgentStep
{
    public int CallsBefore { get; init; }

    public bool RepeatsCall { get; init; }

    /// <summary>The largest Jaccard index with an earlier call, or NaN for the first.</summary>
    public float CallOverlap { get; init; }

    public float OverlapWithPrevious { get; init; }

    /// <summary>The share of the call's words that no earlier call had.</summary>
    public float NewCallWords { get; init; }

    /// <summary>The share of the call's words that the question or earlier results contain.</summary>
    public float CallCovered { get; init; }

    public int NewDocuments { get; init; }

    /// <summary>The share of the question's words found in results so far, and found here for the first time.</summary>
    public float Covered { get; init; }

    public float NewlyCovered { get; init; }

    /// <summary>Whether the results report an error or nothing.</summary>
    public bool Fails { get; init; }

    /// <summary>Whether the agent says that it does not know.</summary>
    public bool Admits { get; init; }

    /// <summary>The stems of the words of the stated answer; empty where none is stated.</summary>
    public HashSet<string> Answer { get; init; } = [];

    /// <summary>The share of the answer's words found in the results so far.</summary>
    public float AnswerGrounded { get; init; }

    public float AnswerInLastResult { get; init; }

    /// <summary>The logarithm of how often the answer occurs in the results so far.</summary>
    public float AnswerFrequency { get; init; }

    public float SpokenGrounded { get; init; }

    /// <summary>Names in what was said that the question does not have.</summary>
    public int SpokenNames { get; init; }

    public float SpokenNamesGrounded { get; init; } = float.NaN;
}
