namespace HeteroAgent.LlamaCpp;

/// <summary>Normally distributed random numbers (Box and Muller, 1958).</summary>
internal static class GaussianNoise
{
    internal static void Fill(Span<float> values, float deviation, Random random)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = deviation * (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }
    }
}
