using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>Folds a LoRA adapter into its base: W + α/r·B·A becomes the weight of a model that needs no adapter. Metadata, vocabulary and chat template stay.</summary>
public static class LoraMerge
{
    /// <summary>Writes the merged model. A few rows stand in memory at a time.</summary>
    /// <param name="baseModel">The base.</param>
    /// <param name="adapter">The adapter; it must fit the base.</param>
    /// <param name="path">The file to write, neither the base nor the adapter.</param>
    /// <param name="type">How matrices are stored; <see langword="null"/> (default): as the base stores them. Rows that are no whole number of this type's blocks become <see cref="GgmlType.Q8_0"/>, else <see cref="GgmlType.F16"/>; vectors stay as they are.</param>
    /// <param name="progress">Receives the share of tensors that are written, above 0 and at most 1.</param>
    /// <param name="cancellationToken">Ends the writing; nothing is left behind.</param>
    /// <exception cref="ArgumentException"><paramref name="type"/> cannot be written without data on the importance of each weight, or <paramref name="path"/> is one of the sources.</exception>
    /// <exception cref="GgufException">The adapter was made for another base, or a weight that it changes is of a type that cannot be written again.</exception>
    /// <exception cref="TuningException">The file could not be written; what stood there is untouched.</exception>
    /// <exception cref="LlamaRuntimeException">The native library could not be loaded.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static void Write(GgufFile baseModel, LoraAdapterFile adapter, string path, GgmlType? type = null, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(baseModel);
        ArgumentNullException.ThrowIfNull(adapter);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (type is { } wanted && !GgmlTypeTraits.CanQuantize(wanted))
        {
            throw new ArgumentException($"{wanted} cannot be written; F32, F16, BF16, Q4_0 to Q8_0, Q2_K to Q6_K, IQ4_NL and IQ4_XS can.", nameof(type));
        }

        RequireAnotherFile(path, baseModel, nameof(path));
        RequireAnotherFile(path, adapter.File, nameof(path));
        adapter.RequireFits(baseModel);
        Dictionary<string, LoraPair> pairs = adapter.ReadPairs().ToDictionary(p => p.Target, StringComparer.Ordinal);
        using GgufTensorData data = new(baseModel);
        GgufWriter writer = GgufWriter.WithMetadataOf(baseModel);
        int written = 0;
        foreach (GgufTensor tensor in baseModel.Tensors)
        {
            LoraPair? pair = pairs.GetValueOrDefault(tensor.Name);
            GgmlType target = TypeOf(tensor, type);
            if (pair is not null && !GgmlTypeTraits.CanQuantize(target))
            {
                throw new GgufException(GgufError.UnsupportedTensorType, $"'{tensor.Name}' is stored as {target}, which cannot be written again: name another type.", baseModel.Path);
            }

            writer.SetTensor(tensor.Name, target, [.. tensor.Shape], stream =>
            {
                if (pair is null && target == tensor.Type)
                {
                    GgufTensorSource.Copy(baseModel, tensor, stream);
                }
                else
                {
                    Rewrite(data, tensor, target, pair, adapter.Alpha, stream, cancellationToken);
                }

                progress?.Report((float)++written / baseModel.Tensors.Count);
            });
        }

        if (type is { } all)
        {
            Describe(writer, all);
        }

        writer.Write(path, cancellationToken);
    }

    internal static void RequireAnotherFile(string path, GgufFile source, string parameter)
    {
        string full = Path.GetFullPath(path);
        if (source.Path is { } from && string.Equals(full, Path.GetFullPath(from), OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"'{full}' is what is read: name another file to write.", parameter);
        }
    }

    private static GgmlType TypeOf(GgufTensor tensor, GgmlType? type)
    {
        // As llama.cpp's quantiser: matrices of weights only, and none that routes or is looked up by position.
        bool fixedType = type is null || tensor.Shape.Count != 2 || !tensor.Name.EndsWith(".weight", StringComparison.Ordinal)
            || tensor.Name.Contains("_norm", StringComparison.Ordinal) || tensor.Name.Contains("ffn_gate_inp", StringComparison.Ordinal)
            || tensor.Name is "position_embd.weight" or "token_types.weight";
        if (fixedType)
        {
            return tensor.Type;
        }

        return ((GgmlType[])[type!.Value, GgmlType.Q8_0]).FirstOrDefault(t => GgmlTypeLayout.TryGet((uint)t, out int block, out _) && tensor.Shape[0] % block == 0, GgmlType.F16);
    }

    private static void Rewrite(GgufTensorData data, GgufTensor tensor, GgmlType target, LoraPair? pair, float alpha, Stream stream, CancellationToken cancellationToken)
    {
        const int ChunkNumbers = 1 << 18;
        int columns = checked((int)tensor.Shape[0]);
        long rows = tensor.ElementCount / columns;
        int chunk = (int)Math.Min(rows, Math.Max(1, ChunkNumbers / columns));
        GgmlTypeLayout.TryGet((uint)target, out int blockLength, out int blockSize);
        float[] numbers = new float[checked(chunk * columns)];
        byte[] bytes = new byte[checked(numbers.Length / blockLength * blockSize)];
        for (long first = 0; first < rows; first += chunk)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = (int)Math.Min(chunk, rows - first);
            Span<float> block = numbers.AsSpan(0, count * columns);
            data.ReadRows(tensor, first, count, block);
            for (int row = 0; pair is not null && row < count; row++)
            {
                AddUpdate(pair, alpha, (int)first + row, block.Slice(row * columns, columns));
            }

            int length = GgmlTypeTraits.Quantize(target, block, columns, bytes);
            stream.Write(bytes.AsSpan(0, length));
        }
    }

    private static void AddUpdate(LoraPair pair, float alpha, int row, Span<float> weights)
    {
        ReadOnlySpan<float> b = pair.B.Span.Slice(row * pair.Rank, pair.Rank);
        for (int r = 0; r < pair.Rank; r++)
        {
            TensorPrimitives.MultiplyAdd(pair.A.Span.Slice(r * weights.Length, weights.Length), alpha / pair.Rank * b[r], weights, weights);
        }
    }

    private static void Describe(GgufWriter writer, GgmlType type)
    {
        const string Key = "general.file_type";
        if (GgufQuantization.FileTypeOf(type) is { } number)
        {
            writer.Set(Key, number);
        }
        else
        {
            writer.Remove(Key);
        }
    }
}
