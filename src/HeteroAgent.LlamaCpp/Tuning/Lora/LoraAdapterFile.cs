namespace HeteroAgent.LlamaCpp;

/// <summary>A LoRA adapter's file in the format that llama.cpp loads, with the fingerprint of the base that it was trained on. Immutable and thread-safe.</summary>
/// <remarks>LoRA: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022. Each changed weight W becomes W + α/r·B·A.</remarks>
public sealed class LoraAdapterFile
{
    internal const string SuffixA = ".lora_a";
    internal const string SuffixB = ".lora_b";
    private const string AlphaKey = "adapter.lora.alpha";

    private LoraAdapterFile(GgufFile file, float alpha)
    {
        File = file;
        Alpha = alpha;
        Targets = [.. file.Tensors.Where(t => t.Name.EndsWith(SuffixA, StringComparison.Ordinal)).Select(t => t.Name[..^SuffixA.Length])];
    }

    /// <summary>Gets what the file says of itself.</summary>
    public GgufFile File { get; }

    /// <summary>Gets α: each update is scaled by α divided by its rank. Finite and above 0.</summary>
    public float Alpha { get; }

    /// <summary>Gets the names of the base's tensors that the adapter changes.</summary>
    public IReadOnlyList<string> Targets { get; }

    /// <summary>Gets the SHA-256, in hexadecimal digits, of the names, types, shapes and data of the base's tensors; null where the file was made by a program that does not write it.</summary>
    public string? BaseFingerprint => LoraFingerprint.StatedBy(File);

    /// <summary>Reads an adapter.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="GgufException">The file is no sound GGUF file, or no LoRA adapter.</exception>
    public static LoraAdapterFile Read(string path)
    {
        GgufFile file = GgufFile.Read(path);
        AdapterCheck.Run(file);
        file.Metadata.TryGetFloat(AlphaKey, out float alpha);
        return new LoraAdapterFile(file, alpha);
    }

    /// <summary>Requires that the adapter was made for a base: its architecture, its tensors, their shapes, and the fingerprint where the adapter has one.</summary>
    /// <param name="baseModel">The base. Its tensors are hashed once for each <see cref="GgufFile"/>, where the adapter has a fingerprint.</param>
    /// <exception cref="GgufException">It was made for another; the message says what was found and what was expected.</exception>
    public void RequireFits(GgufFile baseModel)
    {
        ArgumentNullException.ThrowIfNull(baseModel);
        AdapterCheck.RequireFits(File, baseModel);
        LoraFingerprint.RequireFits(File, baseModel);
    }

    /// <summary>Writes an adapter as 32-bit floats, as a whole or not at all.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="baseModel">The base that it was trained on.</param>
    /// <param name="alpha">α.</param>
    /// <param name="pairs">The updates.</param>
    /// <param name="name">The adapter's name, or null for none.</param>
    /// <exception cref="TuningException">The file could not be written.</exception>
    internal static void Write(string path, GgufFile baseModel, float alpha, IEnumerable<LoraPair> pairs, string? name = null)
    {
        GgufWriter writer = new GgufWriter(baseModel.Architecture ?? throw new ArgumentException("The base names no architecture.", nameof(baseModel)))
            .Set("general.type", "adapter")
            .Set("adapter.type", "lora")
            .Set(AlphaKey, alpha)
            .Set(LoraFingerprint.Key, LoraFingerprint.Of(baseModel));
        if (name is not null)
        {
            writer.Set("general.name", name);
        }

        foreach (LoraPair pair in pairs)
        {
            writer.SetTensor(pair.Target + SuffixA, [pair.A.Length / pair.Rank, pair.Rank], pair.A);
            writer.SetTensor(pair.Target + SuffixB, [pair.Rank, pair.B.Length / pair.Rank], pair.B);
        }

        writer.Write(path);
    }

    /// <summary>Writes what a network learnt beside a frozen base.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="baseModel">The base that it was trained on.</param>
    /// <param name="parameters">The parameters, in pairs named after the tensor that they change.</param>
    /// <param name="lora">Rank and scale.</param>
    /// <param name="name">The adapter's name, or null for none.</param>
    /// <exception cref="TuningException">The file could not be written.</exception>
    internal static void Write(string path, GgufFile baseModel, ParameterSet parameters, LoraShape lora, string? name = null)
    {
        Dictionary<string, Parameter> named = parameters.Parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
        ReadOnlyMemory<float> Values(Parameter p) => parameters.Values.AsMemory(p.Offset, p.Count);
        IEnumerable<LoraPair> pairs = parameters.Parameters
            .Where(p => p.Name.EndsWith(SuffixA, StringComparison.Ordinal))
            .Select(p => (Target: p.Name[..^SuffixA.Length], A: p))
            .Select(p => new LoraPair(p.Target, lora.Rank, Values(p.A), Values(named[p.Target + SuffixB])));
        Write(path, baseModel, lora.Alpha, pairs, name);
    }

    /// <summary>Reads all updates. The adapter must fit the base it is used with.</summary>
    internal IReadOnlyList<LoraPair> ReadPairs()
    {
        using GgufTensorData data = new(File);
        return [.. Targets.Select(target =>
        {
            float[] a = Whole(data.Find(target + SuffixA)!, out _);
            float[] b = Whole(data.Find(target + SuffixB)!, out int rank);
            return new LoraPair(target, rank, a, b);
        })];
    }

    private static float[] Whole(IRowSource rows, out int columns)
    {
        columns = rows.Columns;
        float[] values = new float[checked(rows.Rows * columns)];
        rows.ReadRows(0, rows.Rows, values);
        return values;
    }
}
