namespace HeteroAgent.LlamaCpp;

/// <summary>Random weights to begin with: matrices N(0, 1/(3·inputs)), those that write to the residual stream divided by √(2·layers), embeddings N(0, (0.5/√width)²), norms one.</summary>
internal static class NetworkInitialization
{
    internal static void Fill(ParameterSet parameters, int layers, int seed)
    {
        foreach (Parameter parameter in parameters.Parameters)
        {
            Span<float> values = parameters.Of(parameter);
            if (parameter.Rows == 1)
            {
                values.Fill(parameter.Name.EndsWith("norm.weight", StringComparison.Ordinal) ? 1 : 0);
                continue;
            }

            bool writesResidual = parameter.Name.EndsWith("attn_output.weight", StringComparison.Ordinal) || parameter.Name.EndsWith("ffn_down.weight", StringComparison.Ordinal);
            double deviation = parameter.Name == "token_embd.weight"
                ? 0.5 / Math.Sqrt(parameter.Columns)
                : 1 / Math.Sqrt(3.0 * parameter.Columns) / (writesResidual ? Math.Sqrt(2.0 * layers) : 1);
            GaussianNoise.Fill(values, (float)deviation, Seeds.Random(seed, parameter.Offset));
        }
    }

    /// <summary>A low-rank update begins as zero: A random, B zero (Hu et al., arXiv:2106.09685).</summary>
    internal static void FillLowRank(ParameterSet parameters, int seed)
    {
        foreach (Parameter parameter in parameters.Parameters.Where(p => p.Name.EndsWith(".lora_a", StringComparison.Ordinal)))
        {
            // As Kaiming's uniform start with a = √5, which is what others use: variance 1/(3·inputs).
            GaussianNoise.Fill(parameters.Of(parameter), (float)(1 / Math.Sqrt(3.0 * parameter.Columns)), Seeds.Random(seed, parameter.Offset));
        }
    }
}
