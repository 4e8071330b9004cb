namespace HeteroAgent;

/// <summary>Readable features of a weak answer and its question, from their texts alone.</summary>
internal static class AnswerFeatures
{
    internal static FeatureList Compute(string question, string answer, bool useMarks)
    {
        FeatureList list = new();
        AnswerText text = new(question, answer, useMarks);
        FormFeatures.Add(list, text);
        ArithmeticFeatures.Add(list, text);
        if (useMarks)
        {
            ArithmeticFeatures.AddMarks(list, text);
        }

        return list;
    }
}
