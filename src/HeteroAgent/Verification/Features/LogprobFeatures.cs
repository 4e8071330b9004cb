namespace HeteroAgent;

/// <summary>How sure the model was of a step's tokens, where it recorded that.</summary>
internal sealed class LogprobFeatures : IFeatureGroup
{
    private const double Unsure = -2;

    public IReadOnlyList<string> Names { get; } = ["logprob.mean", "logprob.least", "logprob.unsure", "logprob.digitMean", "logprob.digitLeast"];

    public void Write(TraceText trace, int step, Span<float> values)
    {
        if (trace.Source.Logprobs.Count <= step || trace.Source.Logprobs[step] is not { Count: > 0 } tokens)
        {
            return;
        }

        double sum = 0, least = 0, digitSum = 0, digitLeast = 0;
        int unsure = 0, digits = 0;
        foreach (TokenLogprob token in tokens)
        {
            sum += token.Logprob;
            least = Math.Min(least, token.Logprob);
            unsure += token.Logprob < Unsure ? 1 : 0;
            if (token.Text.Any(char.IsAsciiDigit))
            {
                digits++;
                digitSum += token.Logprob;
                digitLeast = Math.Min(digitLeast, token.Logprob);
            }
        }

        values[0] = (float)(sum / tokens.Count);
        values[1] = (float)least;
        values[2] = (float)unsure / tokens.Count;
        values[3] = digits == 0 ? float.NaN : (float)(digitSum / digits);
        values[4] = digits == 0 ? float.NaN : (float)digitLeast;
    }
}
