namespace HeteroAgent.LlamaCpp;

/// <summary>The shape of a LoRA adapter (Hu et al., arXiv:2106.09685). Read once when training begins.</summary>
public sealed class LoraOptions
{
    internal static readonly string[] KnownTargets = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"];

    /// <summary>Gets or sets the rank of the update.</summary>
    /// <value>Default 8. From 1 to 256.</value>
    public int Rank { get; set; } = 8;

    /// <summary>Gets or sets α: the update is scaled by α over the rank.</summary>
    /// <value>Default 16. More than 0.</value>
    public double Alpha { get; set; } = 16;

    /// <summary>Gets or sets the layers that are adapted, as GGUF files name them within a block.</summary>
    /// <value>Default: all seven, <c>attn_q</c>, <c>attn_k</c>, <c>attn_v</c>, <c>attn_output</c>, <c>ffn_gate</c>, <c>ffn_up</c>, <c>ffn_down</c>. At least one.</value>
    public IReadOnlyList<string> Targets { get; set; } = KnownTargets;

    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    internal LoraShape Validated()
    {
        if (Rank is < 1 or > 256)
        {
            throw new ArgumentOutOfRangeException(nameof(Rank), Rank, "A number from 1 to 256 was expected.");
        }

        if (!(Alpha > 0 && double.IsFinite(Alpha)))
        {
            throw new ArgumentOutOfRangeException(nameof(Alpha), Alpha, "A number above 0 was expected.");
        }

        string[] targets = [.. Targets];
        string? unknown = targets.FirstOrDefault(t => !KnownTargets.Contains(t));
        return unknown is null && targets.Length > 0
            ? new LoraShape(Rank, (float)Alpha, targets)
            : throw new ArgumentOutOfRangeException(nameof(Targets), unknown, $"At least one of {string.Join(", ", KnownTargets)} was expected.");
    }
}
