namespace HeteroAgent.LlamaCpp;

/// <summary>What a <see cref="ClassifierHead"/> says of a text. Immutable.</summary>
public sealed class Classification
{
    internal Classification(string text, IReadOnlyList<LabelProbability> ranked, double inScopeScore, double inScopeThreshold, int inputTokens)
    {
        Text = text;
        Ranked = ranked;
        InScopeScore = inScopeScore;
        IsInScope = inScopeScore >= inScopeThreshold;
        InputTokens = inputTokens;
    }

    /// <summary>Gets the text that was classified.</summary>
    public string Text { get; }

    /// <summary>Gets the likeliest label, also where the text is out of scope.</summary>
    public string Label => Ranked[0].Label;

    /// <summary>Gets the calibrated probability of <see cref="Label"/> among the labels, in (0, 1]. It supposes that one of the labels is right: read <see cref="IsInScope"/> first.</summary>
    public double Probability => Ranked[0].Probability;

    /// <summary>Gets all labels with their probabilities, the likeliest first; they sum to 1.</summary>
    public IReadOnlyList<LabelProbability> Ranked { get; }

    /// <summary>Gets how much the text is like those that the head was trained on; comparable between texts of one head only.</summary>
    public double InScopeScore { get; }

    /// <summary>Gets whether <see cref="InScopeScore"/> reaches <see cref="ClassifierHead.InScopeThreshold"/>. Where it does not, none of the labels should be believed.</summary>
    public bool IsInScope { get; }

    /// <summary>Gets the tokens that the encoder read, or 0 where it does not report them.</summary>
    public int InputTokens { get; }
}
