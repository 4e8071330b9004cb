using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>The log-probabilities of tools, labels and members of closed sets for one request, of one model or averaged over several. Used by one thread.</summary>
/// <param name="tools">The number of tools.</param>
/// <param name="words">The number of words.</param>
/// <param name="labels">The number of labels.</param>
/// <param name="closed">For each closed slot that is read the number of its members, and one for none.</param>
internal sealed class LabelScores(int tools, int words, int labels, params IEnumerable<int> closed)
{
    private readonly float[] _tools = new float[tools];
    private readonly float[] _labels = new float[words * labels];
    private readonly float[][] _closed = [.. closed.Select(c => new float[c])];

    internal int Words => words;

    internal ReadOnlySpan<float> Tools => _tools;

    internal ReadOnlySpan<float> Word(int word) => _labels.AsSpan(word * labels, labels);

    /// <summary>Whether values of closed sets are read.</summary>
    internal bool HasClosed => _closed.Length > 0;

    /// <summary>The scores of none and of each member of a closed slot.</summary>
    internal ReadOnlySpan<float> Closed(int slot) => _closed[slot];

    /// <summary>Takes the tool's scores from the logits of one position.</summary>
    internal void AddTool(ReadOnlySpan<float> logits, int[] tokens, Span<float> scratch, bool asProbability) =>
        Add(logits, tokens, _tools, scratch, asProbability);

    /// <summary>Takes one word's scores from the logits of one position.</summary>
    internal void AddWord(int word, ReadOnlySpan<float> logits, int[] tokens, Span<float> scratch, bool asProbability) =>
        Add(logits, tokens, _labels.AsSpan(word * labels, labels), scratch, asProbability);

    /// <summary>Takes a closed slot's scores from the logits of one position: of the distribution over these tokens alone.</summary>
    internal void AddClosed(int slot, ReadOnlySpan<float> logits, int[] tokens, bool asProbability)
    {
        Span<float> scores = _closed[slot];
        Span<float> chosen = stackalloc float[1 + ClosedSlot.MostMembers];
        chosen = chosen[..scores.Length];
        for (int i = 0; i < chosen.Length; i++)
        {
            chosen[i] = logits[tokens[i]];
        }

        float max = TensorPrimitives.Max<float>(chosen);
        float sum = 0;
        foreach (float logit in chosen)
        {
            sum += MathF.Exp(logit - max);
        }

        float logSum = max + MathF.Log(sum);
        for (int i = 0; i < chosen.Length; i++)
        {
            float logprob = Math.Min(chosen[i] - logSum, 0);
            scores[i] += asProbability ? MathF.Exp(logprob) : logprob;
        }
    }

    /// <summary>Turns the summed probabilities of several models into the logarithms of their means.</summary>
    internal void Average(int models)
    {
        Average(_tools, models);
        Average(_labels, models);
        Array.ForEach(_closed, c => Average(c, models));
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
