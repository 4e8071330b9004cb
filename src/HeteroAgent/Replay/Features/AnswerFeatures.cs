namespace HeteroAgent;

/// <summary>Readable features of a weak answer and its question, from their texts alone.</summary>
internal static class AnswerFeatures
{
    internal static FeatureList Compute(string question, string answer, bool useMarks)
    {
        FeatureList list = new();
        AnswerText text = new(question, answer, useMarks);
        AnswerFormFeatures.Add(list, text);
        AnswerArithmeticFeatures.Add(list, text);
        if (useMarks)
        {
            AnswerArithmeticFeatures.AddMarks(list, text);
        }

        return list;
    }
}
