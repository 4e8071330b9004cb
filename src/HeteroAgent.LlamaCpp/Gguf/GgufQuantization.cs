namespace HeteroAgent.LlamaCpp;

/// <summary>Names the quantisation of a file.</summary>
internal static class GgufQuantization
{
    // general.file_type, as llama.cpp's quantiser writes it.
    private static readonly Dictionary<ulong, string> FileTypes = new()
    {
        [0] = "F32",
        [1] = "F16",
        [2] = "Q4_0",
        [3] = "Q4_1",
        [7] = "Q8_0",
        [8] = "Q5_0",
        [9] = "Q5_1",
        [10] = "Q2_K",
        [11] = "Q3_K_S",
        [12] = "Q3_K_M",
        [13] = "Q3_K_L",
        [14] = "Q4_K_S",
        [15] = "Q4_K_M",
        [16] = "Q5_K_S",
        [17] = "Q5_K_M",
        [18] = "Q6_K",
        [19] = "IQ2_XXS",
        [20] = "IQ2_XS",
        [21] = "Q2_K_S",
        [22] = "IQ3_XS",
        [23] = "IQ3_XXS",
        [24] = "IQ1_S",
        [25] = "IQ4_NL",
        [26] = "IQ3_S",
        [27] = "IQ3_M",
        [28] = "IQ2_S",
        [29] = "IQ2_M",
        [30] = "IQ4_XS",
        [31] = "IQ1_M",
        [32] = "BF16",
        [36] = "TQ1_0",
        [37] = "TQ2_0",
        [38] = "MXFP4",
    };

    /// <summary>The number that a file of one type alone states, or null where only mixtures have one.</summary>
    public static uint? FileTypeOf(GgmlType type)
    {
        string name = type.ToString();
        return FileTypes.FirstOrDefault(f => f.Value == name, new(uint.MaxValue, "")) is { Key: < uint.MaxValue } found ? (uint)found.Key : null;
    }

    /// <summary>The names that are known.</summary>
    public static IEnumerable<string> Names => FileTypes.Values;

    /// <summary>The number of a quantisation's name in any case, such as <c>q4_k_m</c>; <c>q3_k</c>, <c>q4_k</c> and <c>q5_k</c> are the middle mixtures.</summary>
    public static bool TryParse(string name, out int fileType)
    {
        string full = name.ToUpperInvariant() is "Q3_K" or "Q4_K" or "Q5_K" ? name + "_M" : name;
        KeyValuePair<ulong, string> found = FileTypes.FirstOrDefault(f => string.Equals(f.Value, full, StringComparison.OrdinalIgnoreCase), new(ulong.MaxValue, ""));
        fileType = found.Key == ulong.MaxValue ? -1 : (int)found.Key;
        return fileType >= 0;
    }

    public static string? Describe(GgufFile file)
    {
        if (!file.HasTensors)
        {
            return null;
        }

        string dominating = file.Tensors.GroupBy(t => t.Type).MaxBy(g => g.Sum(t => t.SizeInBytes))!.Key.ToString();
        return file.Metadata.TryGetUInt64("general.file_type", out ulong type) && FileTypes.TryGetValue(type, out string? name)
            ? name
            : dominating;
    }
}
