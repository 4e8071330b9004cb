using System.Numerics;
using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>Chooses the next token of one request from its logits. Used by one thread at a time.</summary>
/// <remarks>
/// The order is that of llama.cpp: penalties, top-k, top-p, min-p, temperature. Under a constraint the token is sampled
/// first and only checked; the whole mask is built when the check refuses it, and the token is drawn again from what the
/// mask allows. Both together draw from exactly the renormalised distribution; top-k, top-p and min-p, where they are set,
/// cut each of the two draws for itself.
/// </remarks>
internal sealed class Sampler(SamplingParameters parameters, int vocabularySize, int[] endTokens)
{
    private readonly Random? _random = parameters.Temperature > 0 ? new Random(parameters.Seed ?? Random.Shared.Next()) : null;
    private readonly bool _penalises = parameters.RepeatPenalty != 1 || parameters.FrequencyPenalty != 0 || parameters.PresencePenalty != 0;
    private float[]? _adjusted;
    private ulong[]? _mask;
    private (float Logit, int Id)[]? _candidates;

    /// <summary>Chooses a token.</summary>
    /// <param name="logits">The model's logits; not changed.</param>
    /// <param name="history">The generated tokens so far.</param>
    /// <param name="constraint">What may come, or null.</param>
    /// <param name="remaining">The tokens that may still be generated, this one included.</param>
    /// <returns>The token, or -1 where the constraint allows none.</returns>
    internal int Next(ReadOnlySpan<float> logits, ReadOnlySpan<int> history, ITokenConstraint? constraint, int remaining)
    {
        ReadOnlySpan<float> scores = _penalises ? Penalise(logits, history) : logits;
        int token = Pick(scores);
        if (constraint is null || constraint.IsFree || Allowed(token, constraint, remaining))
        {
            return token;
        }

        ulong[] mask = _mask ??= new ulong[(vocabularySize + 63) / 64];
        constraint.FillMask(mask, remaining);
        return PickMasked(scores, mask);
    }

    /// <summary>The logarithm of the sum of the exponentials of the logits: what a logit exceeds it by is its log-probability.</summary>
    internal static float LogSumExp(ReadOnlySpan<float> logits, Span<float> scratch)
    {
        float max = TensorPrimitives.Max(logits);
        TensorPrimitives.Subtract(logits, max, scratch);
        TensorPrimitives.Exp(scratch[..logits.Length], scratch);
        return max + MathF.Log(TensorPrimitives.Sum(scratch[..logits.Length]));
    }

    private bool Allowed(int token, ITokenConstraint constraint, int remaining) =>
        endTokens.AsSpan().Contains(token) ? constraint.IsComplete : constraint.Accepts(token, remaining);

    private int Pick(ReadOnlySpan<float> scores)
    {
        if (_random is null)
        {
            return TensorPrimitives.IndexOfMax(scores);
        }

        // Below the best by 40 times the temperature, a token's share is less than 1e-17: it cannot be drawn.
        (float Logit, int Id)[] candidates = _candidates ??= new (float, int)[vocabularySize];
        float floor = TensorPrimitives.Max(scores) - Math.Max(40 * parameters.Temperature, 20);
        int count = 0;
        for (int id = 0; id < scores.Length; id++)
        {
            if (scores[id] >= floor)
            {
                candidates[count++] = (scores[id], id);
            }
        }

        return count == 0 ? -1 : Draw(candidates.AsSpan(0, count));
    }

    private int PickMasked(ReadOnlySpan<float> scores, ulong[] mask)
    {
        (float Logit, int Id)[] candidates = _candidates ??= new (float, int)[vocabularySize];
        int count = 0;
        for (int word = 0; word < mask.Length; word++)
        {
            for (ulong bits = mask[word]; bits != 0; bits &= bits - 1)
            {
                int id = (word * 64) + BitOperations.TrailingZeroCount(bits);
                candidates[count++] = (scores[id], id);
            }
        }

        return count == 0 ? -1 : _random is null ? Best(candidates.AsSpan(0, count)) : Draw(candidates.AsSpan(0, count));
    }

    private static int Best(ReadOnlySpan<(float Logit, int Id)> candidates)
    {
        (float Logit, int Id) best = candidates[0];
        foreach ((float Logit, int Id) candidate in candidates)
        {
            best = candidate.Logit > best.Logit ? candidate : best;
        }

        return best.Id;
    }

    private int Draw(Span<(float Logit, int Id)> candidates)
    {
        candidates.Sort(static (a, b) => a.Logit != b.Logit ? b.Logit.CompareTo(a.Logit) : a.Id.CompareTo(b.Id));
        if (parameters.TopK > 0 && candidates.Length > parameters.TopK)
        {
            candidates = candidates[..parameters.TopK];
        }

        float best = candidates[0].Logit;
        double[] weights = new double[candidates.Length];
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            sum += weights[i] = Math.Exp(candidates[i].Logit - best);
        }

        int keep = candidates.Length;
        double reached = 0;
        for (int i = 0; i < keep; i++)
        {
            reached += weights[i] / sum;
            if (reached >= parameters.TopP)
            {
                keep = i + 1;
            }
        }

        while (keep > 1 && weights[keep - 1] < parameters.MinP)
        {
            keep--;
        }

        double total = 0;
        for (int i = 0; i < keep; i++)
        {
            total += weights[i] = Math.Exp((candidates[i].Logit - best) / parameters.Temperature);
        }

        double point = _random!.NextDouble() * total;
        for (int i = 0; i < keep; i++)
        {
            point -= weights[i];
            if (point < 0)
            {
                return candidates[i].Id;
            }
        }

        return candidates[keep - 1].Id;
    }

    private float[] Penalise(ReadOnlySpan<float> logits, ReadOnlySpan<int> history)
    {
        float[] adjusted = _adjusted ??= new float[vocabularySize];
        logits.CopyTo(adjusted);
        Dictionary<int, int> counts = [];
        foreach (int token in history[Math.Max(0, history.Length - parameters.PenaltyWindow)..])
        {
            counts[token] = counts.GetValueOrDefault(token) + 1;
        }

        foreach ((int token, int count) in counts)
        {
            float logit = adjusted[token];
            logit = logit > 0 ? logit / parameters.RepeatPenalty : logit * parameters.RepeatPenalty;
            adjusted[token] = logit - (count * parameters.FrequencyPenalty) - parameters.PresencePenalty;
        }

        return adjusted;
    }
}
