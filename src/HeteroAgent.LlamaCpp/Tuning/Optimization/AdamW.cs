using System.Runtime.Intrinsics;

namespace HeteroAgent.LlamaCpp;

/// <summary>AdamW with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101) over a range of all parameters.</summary>
internal sealed class AdamW
{
    private readonly float[] _first;
    private readonly float[] _second;
    private readonly ParameterSet _parameters;
    private readonly (float Beta1, float Beta2, float Epsilon, float Decay) _settings;

    internal AdamW(ParameterSet parameters, float beta1, float beta2, float epsilon, float decay)
    {
        _parameters = parameters;
        _settings = (beta1, beta2, epsilon, decay);
        _first = parameters.NewVector();
        _second = parameters.NewVector();
    }

    /// <summary>The running mean of the gradient.</summary>
    internal float[] FirstMoment => _first;

    /// <summary>The running mean of its square.</summary>
    internal float[] SecondMoment => _second;

    /// <summary>Moves the parameters that stand in a range, which threads may share out among themselves.</summary>
    /// <param name="gradient">The gradient of all parameters.</param>
    /// <param name="scale">What the gradient is multiplied with first: clipping on the global norm.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="step">The step's number from 1 on.</param>
    /// <param name="start">The first parameter of the range.</param>
    /// <param name="end">The one behind its last.</param>
    internal void Step(float[] gradient, float scale, float rate, int step, int start, int end)
    {
        (float beta1, float beta2, _, _) = _settings;
        float correction1 = 1 - MathF.Pow(beta1, step);
        float correction2 = 1 - MathF.Pow(beta2, step);
        foreach (Parameter parameter in _parameters.Parameters)
        {
            int from = Math.Max(start, parameter.Offset);
            int to = Math.Min(end, parameter.Offset + parameter.Count);
            if (from < to)
            {
                Range(gradient, scale, rate / correction1, 1 / MathF.Sqrt(correction2), parameter.Decays ? 1 - (rate * _settings.Decay) : 1, from, to);
            }
        }
    }

    private void Range(float[] gradient, float scale, float rate, float rootCorrection, float keep, int from, int to)
    {
        (float beta1, float beta2, float epsilon, _) = _settings;
        Span<float> w = _parameters.Values.AsSpan(from, to - from);
        Span<float> m = _first.AsSpan(from, w.Length);
        Span<float> v = _second.AsSpan(from, w.Length);
        ReadOnlySpan<float> g = gradient.AsSpan(from, w.Length);
        int i = 0;
        for (; i + Vector256<float>.Count <= w.Length; i += Vector256<float>.Count)
        {
            Vector256<float> slope = Vector256.Create(g[i..]) * scale;
            Vector256<float> mean = Vector256.Create<float>(m[i..]) * beta1 + slope * (1 - beta1);
            Vector256<float> square = Vector256.Create<float>(v[i..]) * beta2 + slope * slope * (1 - beta2);
            mean.CopyTo(m[i..]);
            square.CopyTo(v[i..]);
            (Vector256.Create<float>(w[i..]) * keep - mean * rate / (Vector256.Sqrt(square) * rootCorrection + Vector256.Create(epsilon))).CopyTo(w[i..]);
        }

        for (; i < w.Length; i++)
        {
            float slope = g[i] * scale;
            m[i] = (m[i] * beta1) + (slope * (1 - beta1));
            v[i] = (v[i] * beta2) + (slope * slope * (1 - beta2));
            w[i] = (w[i] * keep) - (m[i] * rate / ((MathF.Sqrt(v[i]) * rootCorrection) + epsilon));
        }
    }
}
