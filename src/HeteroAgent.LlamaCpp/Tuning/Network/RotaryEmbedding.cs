namespace HeteroAgent.LlamaCpp;

/// <summary>Turns pairs of numbers by an angle that grows with the position (Su et al., arXiv:2104.09864). Pairs are neighbours (llama's GGUF files) or half a head apart (Qwen's). Thread-safe.</summary>
internal sealed unsafe class RotaryEmbedding
{
    private readonly float[] _cosines;
    private readonly float[] _sines;
    private readonly int _pairs;
    private readonly bool _neighbours;
    private readonly int _headSize;

    /// <param name="headSize">The numbers a head.</param>
    /// <param name="dimensions">How many of them are turned, from the first on; even.</param>
    /// <param name="frequencyBase">The base of the frequencies, usually 10,000.</param>
    /// <param name="neighbours">Whether pairs are neighbours.</param>
    /// <param name="positions">The positions from 0 on that will be asked for.</param>
    internal RotaryEmbedding(int headSize, int dimensions, double frequencyBase, bool neighbours, int positions)
    {
        _headSize = headSize;
        _pairs = dimensions / 2;
        _neighbours = neighbours;
        _cosines = new float[positions * _pairs];
        _sines = new float[positions * _pairs];
        for (int position = 0; position < positions; position++)
        {
            for (int pair = 0; pair < _pairs; pair++)
            {
                double angle = position * Math.Pow(frequencyBase, -2.0 * pair / dimensions);
                _cosines[(position * _pairs) + pair] = (float)Math.Cos(angle);
                _sines[(position * _pairs) + pair] = (float)Math.Sin(angle);
            }
        }
    }

    /// <summary>Turns all heads of all tokens in place; backwards for the gradient.</summary>
    internal void Rotate(float* x, int heads, ReadOnlySpan<int> positions, bool backwards)
    {
        int first = _neighbours ? 2 : 1;
        int second = _neighbours ? 1 : _pairs;
        foreach (int position in positions)
        {
            ReadOnlySpan<float> cosines = _cosines.AsSpan(position * _pairs, _pairs);
            ReadOnlySpan<float> sines = _sines.AsSpan(position * _pairs, _pairs);
            for (int head = 0; head < heads; head++, x += _headSize)
            {
                for (int pair = 0; pair < cosines.Length; pair++)
                {
                    float* low = x + (pair * first);
                    float sine = backwards ? -sines[pair] : sines[pair];
                    (low[0], low[second]) = ((low[0] * cosines[pair]) - (low[second] * sine), (low[0] * sine) + (low[second] * cosines[pair]));
                }
            }
        }
    }
}
