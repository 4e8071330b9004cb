namespace HeteroAgent;

/// <summary>Readable features of a weak answer and its question, from their texts alone.</summary>
internal static class AnswerFeatures
{
    /// <summary>The features of one answer; with a prior, also what it says about the steps.</summary>
    internal static FeatureList Compute(AnswerText text, AnswerPrior? prior = null)
    {
        FeatureList list = new();
        AnswerFormFeatures.Add(list, text);
        AnswerArithmeticFeatures.Add(list, text);
        prior?.AddFeatures(list, text);
        return list;
    }
}
