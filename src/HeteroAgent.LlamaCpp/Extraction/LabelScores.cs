using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>The log-probabilities of tools and labels for one request, of one model or averaged over several. Used by one thread.</summary>
internal sealed class LabelScores(int tools, int words, int labels)
{
    private readonly float[] _tools = new float[tools];
    private readonly float[] _labels = new float[words * labels];

    internal int Words => words;

    internal ReadOnlySpan<float> Tools => _tools;

    internal ReadOnlySpan<float> Word(int word) => _labels.AsSpan(word * labels, labels);

    /// <summary>Takes the tool's scores from the logits of one position.</summary>
    internal void AddTool(ReadOnlySpan<float> logits, int[] tokens, Span<float> scratch, bool asProbability) =>
        Add(logits, tokens, _tools, scratch, asProbability);

    /// <summary>Takes one word's scores from the logits of one position.</summary>
    internal void AddWord(int word, ReadOnlySpan<float> logits, int[] tokens, Span<float> scratch, bool asProbability) =>
        Add(logits, tokens, _labels.AsSpan(word * labels, labels), scratch, asProbability);

    /// <summary>Turns the summed probabilities of several models into the logarithms of their means.</summary>
    internal void Average(int models)
    {
        Average(_tools, models);
        Average(_labels, models);
    }

    private static void Average(Span<float> scores, int models)
    {
        TensorPrimitives.Divide(scores, models, scores);

        // A probability that is zero in 32 bits keeps a finite logarithm, so that sums stay comparable.
        TensorPrimitives.Max(scores, float.Epsilon, scores);
        TensorPrimitives.Log(scores, scores);
    }

    private static void Add(ReadOnlySpan<float> logits, int[] tokens, Span<float> scores, Span<float> scratch, bool asProbability)
    {
        float max = TensorPrimitives.Max(logits);
        TensorPrimitives.Subtract(logits, max, scratch);
        TensorPrimitives.Exp(scratch, scratch);
        float logSum = max + MathF.Log(TensorPrimitives.Sum<float>(scratch));
        for (int i = 0; i < tokens.Length; i++)
        {
            float logprob = Math.Min(logits[tokens[i]] - logSum, 0);
            scores[i] += asProbability ? MathF.Exp(logprob) : logprob;
        }
    }
}
