namespace HeteroAgent.LlamaCpp;

/// <summary>Refuses an adapter that libllama could not put on a model, before libllama sees it: some of its own checks end the process.</summary>
internal static class AdapterCheck
{
    private const string AlphaKey = "adapter.lora.alpha";

    /// <summary>Requires a whole LoRA adapter, for whatever model.</summary>
    internal static void Run(GgufFile adapter)
    {
        string? type = adapter.Metadata.TryGetString("adapter.type", out string? text) ? text : null;
        if (!adapter.IsAdapter || type != "lora")
        {
            throw Error(adapter, $"general.type is '{adapter.Type}' and adapter.type is '{type ?? "absent"}'; a LoRA adapter has 'adapter' and 'lora'");
        }

        // Read natively as a 32-bit float whatever the file says, which ends the process where it says something else.
        if (!adapter.Metadata.TryGetType(AlphaKey, out GgufValueType alphaType) || alphaType != GgufValueType.Float32
            || !adapter.Metadata.TryGetFloat(AlphaKey, out float alpha) || !float.IsFinite(alpha) || alpha <= 0)
        {
            throw Error(adapter, $"'{AlphaKey}' must be a Float32, finite and above 0");
        }

        if (adapter.Metadata.Contains("adapter.alora.invocation_tokens"))
        {
            throw Error(adapter, "the adapter begins to act only behind its invocation tokens (aLoRA), which is not supported: train an ordinary LoRA adapter");
        }

        if (!adapter.HasTensors)
        {
            throw Error(adapter, "the adapter has no tensors");
        }

        _ = Pairs(adapter);
    }

    /// <summary>Requires a whole LoRA adapter, each of whose pairs fits a matrix of the model.</summary>
    internal static void RequireFits(GgufFile adapter, GgufFile model)
    {
        Run(adapter);
        if (adapter.Architecture != model.Architecture)
        {
            throw Error(adapter, $"the adapter is for a model of architecture '{adapter.Architecture}'; the loaded one is '{model.Architecture}'");
        }

        Dictionary<string, GgufTensor> weights = model.Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
        foreach ((string target, GgufTensor a, GgufTensor b) in Pairs(adapter))
        {
            if (!weights.TryGetValue(target, out GgufTensor? weight))
            {
                throw Error(adapter, $"the adapter changes '{target}', which the loaded model does not have: it was made for another one");
            }

            // The embedding is looked up, not multiplied with: there the factors stand the other way round.
            bool embedding = target == "token_embd.weight";
            long rows = weight.Shape.Count == 2 ? weight.Shape[embedding ? 0 : 1] : -1;
            long columns = weight.Shape.Count == 2 ? weight.Shape[embedding ? 1 : 0] : -1;
            if (a.Shape[0] != columns || b.Shape[1] != rows)
            {
                throw Error(adapter, $"{a} and {b} do not fit {weight}: [{columns}, rank] and [rank, {rows}] are expected");
            }
        }
    }

    private static List<(string Target, GgufTensor A, GgufTensor B)> Pairs(GgufFile adapter)
    {
        const string A = ".lora_a";
        const string B = ".lora_b";
        Dictionary<string, GgufTensor> tensors = adapter.Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
        List<(string, GgufTensor, GgufTensor)> pairs = [];
        foreach (GgufTensor tensor in adapter.Tensors)
        {
            bool isA = tensor.Name.EndsWith(A, StringComparison.Ordinal);
            string target = tensor.Name[..Math.Max(0, tensor.Name.Length - A.Length)];
            if (!(isA || tensor.Name.EndsWith(B, StringComparison.Ordinal)) || !tensors.TryGetValue(target + (isA ? B : A), out GgufTensor? other))
            {
                throw Error(adapter, $"the tensor '{tensor.Name}' has no partner; an adapter's tensors come in pairs that end in '{A}' and '{B}'");
            }

            if (tensor.Type is not (GgmlType.F32 or GgmlType.F16 or GgmlType.BF16 or GgmlType.Q8_0))
            {
                throw Error(adapter, $"'{tensor.Name}' is stored as {tensor.Type}; F32, F16, BF16 and Q8_0 are accepted", GgufError.UnsupportedTensorType);
            }

            if (isA && (tensor.Shape.Count != 2 || other.Shape.Count != 2 || tensor.Shape[1] != other.Shape[0]))
            {
                throw Error(adapter, $"{tensor} and {other} are no pair: [columns, rank] and [rank, rows] are expected");
            }

            if (isA)
            {
                pairs.Add((target, tensor, other));
            }
        }

        return pairs;
    }

    private static GgufException Error(GgufFile adapter, string message, GgufError error = GgufError.Incoherent) => RunnableCheck.Error(adapter, error, message);
}
