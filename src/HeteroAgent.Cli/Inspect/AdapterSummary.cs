using System.Globalization;
using System.Text.Json;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary>What a LoRA adapter is: its rank and strength, and what it changes.</summary>
internal sealed class AdapterSummary(GgufFile file)
{
    private const string Factor = ".lora_a";
    private const int AlphaDigits = 6;

    private GgufTensor[] Factors { get; } = [.. file.Tensors.Where(t => t.Name.EndsWith(Factor, StringComparison.Ordinal))];

    private long Rank => Factors.Max(t => t.Shape[^1]);

    private float? Alpha => file.Metadata.TryGetFloat("adapter.lora.alpha", out float alpha) ? alpha : null;

    /// <summary>The kinds of matrices, such as attn_q, without the blocks they stand in.</summary>
    private string[] Targets => [.. Factors.Select(t => t.Name.Split('.')).Select(parts => parts is ["blk", _, var kind, ..] ? kind : parts[0]).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>What the adapter says of the model that it was made for, where it does.</summary>
    private string? Base => file.Metadata.Keys.FirstOrDefault(k => k.EndsWith("fingerprint", StringComparison.Ordinal)) is { } key && file.Metadata.TryGetString(key, out string? text) ? text : null;

    /// <summary>The facts of a line for a person.</summary>
    internal IEnumerable<string> Facts()
    {
        yield return $"LoRA adapter for {file.Architecture ?? "no architecture"}";
        yield return $"rank {Rank}";
        yield return $"alpha {Alpha?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}";
        yield return $"{Factors.Length} matrices ({string.Join(' ', Targets)})";
        yield return Quantity.Count(file.ParameterCount) + " parameters";
        yield return Quantity.Bytes(file.SizeInBytes);
        if (Base is { } known)
        {
            yield return $"base {known}";
        }
    }

    internal void WriteProperties(Utf8JsonWriter writer)
    {
        writer.WriteNumber("rank", Rank);
        writer.WriteRounded("alpha", Alpha, AlphaDigits);
        writer.WriteStartArray("targets");
        Array.ForEach(Targets, writer.WriteStringValue);
        writer.WriteEndArray();
        writer.WriteNumber("matrices", Factors.Length);
        writer.WriteString("base_fingerprint", Base);
    }
}
