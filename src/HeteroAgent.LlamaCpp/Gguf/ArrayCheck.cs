namespace HeteroAgent.LlamaCpp;

/// <summary>Checks the element types of hyperparameters that are arrays: libllama ends the process where one is not of the type that it reads.</summary>
internal static class ArrayCheck
{
    private static readonly GgufValueType[] Integers = [GgufValueType.Int32, GgufValueType.UInt32];

    private static readonly (GgufValueType[] Types, string[] Names)[] Arrays =
    [
        ([GgufValueType.String], ["classifier.output_labels"]),
        (Integers, ["attention.head_count", "attention.head_count_kv", "feed_forward_length", "rope.dimension_sections", "attention.compress_ratios", "attention.indexer.types", "deepstack_mapping", "target_layers"]),
        ([GgufValueType.Float32], ["swiglu_clamp_exp", "swiglu_clamp_shexp"]),
        ([GgufValueType.Boolean, .. Integers], ["attention.sliding_window_pattern", "attention.recurrent_layers"]),
    ];

    internal static void Run(GgufFile file)
    {
        foreach ((GgufValueType[] types, string[] names) in Arrays)
        {
            foreach (string key in names.Select(name => $"{file.Architecture}.{name}"))
            {
                if (file.Metadata.TryGetArrayLength(key, out GgufValueType element, out int _) && !types.Contains(element))
                {
                    throw RunnableCheck.Incoherent(file, $"'{key}' must be an array of {string.Join(" or ", types)} and is one of {element}");
                }
            }
        }
    }
}
