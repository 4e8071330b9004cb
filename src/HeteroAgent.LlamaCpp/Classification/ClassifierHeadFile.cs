using System.Security.Cryptography;
using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>The file of a head: four bytes <c>HACH</c>, a version, the length of the content, the content, and a SHA-256 of all before it. Little-endian.</summary>
internal static class ClassifierHeadFile
{
    private const int Version = 1;
    private const int HeaderLength = 16;
    private const int MostLabels = 100_000;
    private const int MostDimensions = 65_536;

    /// <summary>A hundred thousand labels on a thousand numbers each fit into it.</summary>
    private const long MostContent = 1L << 30;

    private static ReadOnlySpan<byte> Magic => "HACH"u8;

    internal static async Task<long> WriteAsync(ClassifierHead head, string path, CancellationToken cancellationToken)
    {
        byte[] file = ToBytes(head);
        string beside = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            FileStream stream = new(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, useAsync: true);
            await using (stream.ConfigureAwait(false))
            {
                await stream.WriteAsync(file, cancellationToken).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: true);
        }
        finally
        {
            // After the move there is nothing left to delete.
            File.Delete(beside);
        }

        return file.Length;
    }

    internal static byte[] ToBytes(ClassifierHead head)
    {
        using MemoryStream content = new();
        using (BinaryWriter writer = new(content, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(head.EncoderName);
            writer.Write(head.EncoderPath);
            writer.Write(head.Labels.Count);
            writer.Write(head.Dimension);
            foreach (string label in head.Labels)
            {
                writer.Write(label);
            }

            writer.Write(head.Temperature);
            writer.Write(head.InScopeThreshold);
            writer.Write(head.InversePenalty);
            writer.Write(head.ExampleCount);
            writer.Write(head.HeldOut is not null);
            if (head.HeldOut is { } held)
            {
                writer.Write(held.Examples);
                writer.Write(held.Accuracy);
                writer.Write(held.LogLoss);
                writer.Write(held.CalibrationErrorBefore);
                writer.Write(held.CalibrationErrorAfter);
            }

            Write(writer, head.Weights);
            Write(writer, head.Intercepts);
            Write(writer, head.Means);
            Write(writer, head.Probe);
        }

        using MemoryStream file = new();
        file.Write(Magic);
        file.Write(BitConverter.GetBytes(Version));
        file.Write(BitConverter.GetBytes(content.Length));
        content.WriteTo(file);
        file.Write(SHA256.HashData(file.GetBuffer().AsSpan(0, (int)file.Length)));
        return file.ToArray();
    }

    internal static async Task<ClassifierHead> ReadAsync(Stream stream, string? path, CancellationToken cancellationToken)
    {
        byte[] header = new byte[HeaderLength];
        int read = await stream.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (!header.AsSpan(0, Math.Min(read, Magic.Length)).SequenceEqual(Magic))
        {
            throw new ClassifierHeadException(ClassifierHeadError.NotAHead, "it does not begin with the four bytes HACH: it is no classifier head.", path);
        }

        if (read < HeaderLength)
        {
            throw Truncated(path);
        }

        int version = BitConverter.ToInt32(header, 4);
        long length = BitConverter.ToInt64(header, 8);
        if (version != Version)
        {
            throw new ClassifierHeadException(ClassifierHeadError.UnsupportedVersion, $"it is of version {version}; this library reads version {Version}.", path);
        }

        if (length is < 0 or > MostContent)
        {
            throw Damaged($"it announces {length} bytes of content", path);
        }

        // Read what is there rather than what is announced, so that a damaged length takes no memory.
        using MemoryStream rest = new();
        await stream.CopyToAsync(rest, cancellationToken).ConfigureAwait(false);
        if (rest.Length < length + SHA256.HashSizeInBytes)
        {
            throw Truncated(path);
        }

        byte[] content = rest.ToArray();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header);
        hash.AppendData(content, 0, (int)length);
        if (content.Length != length + SHA256.HashSizeInBytes || !hash.GetHashAndReset().AsSpan().SequenceEqual(content.AsSpan((int)length)))
        {
            throw Damaged("its checksum does not hold", path);
        }

        return Parse(content.AsSpan(0, (int)length).ToArray(), path);
    }

    private static ClassifierHead Parse(byte[] content, string? path)
    {
        try
        {
            using MemoryStream stream = new(content);
            using BinaryReader reader = new(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
            string encoder = reader.ReadString();
            string encoderPath = reader.ReadString();
            int labelCount = reader.ReadInt32();
            int dimension = reader.ReadInt32();
            if (labelCount is < 2 or > MostLabels || dimension is < 1 or > MostDimensions)
            {
                throw Damaged($"it has {labelCount} labels on vectors of {dimension} numbers", path);
            }

            List<string> labels = [];
            for (int i = 0; i < labelCount; i++)
            {
                labels.Add(reader.ReadString());
            }

            double temperature = reader.ReadDouble();
            double threshold = reader.ReadDouble();
            double penalty = reader.ReadDouble();
            int examples = reader.ReadInt32();
            ClassifierHeldOut? held = reader.ReadBoolean() ? new(reader.ReadInt32(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble()) : null;
            PackedMatrix weights = ReadMatrix(reader, labelCount, dimension);
            float[] intercepts = ReadFloats(reader, labelCount);
            PackedMatrix means = ReadMatrix(reader, labelCount, dimension);
            float[] probe = ReadFloats(reader, dimension);
            bool finite = weights.Values.All(float.IsFinite) && intercepts.All(float.IsFinite) && means.Values.All(float.IsFinite) && probe.All(float.IsFinite);
            return stream.Position != content.Length || labels.Distinct(StringComparer.Ordinal).Count() != labelCount || !(temperature > 0) || !double.IsFinite(temperature) || double.IsNaN(threshold) || !finite
                ? throw Damaged("its parts contradict each other", path)
                : new ClassifierHead(labels, weights, intercepts, means, probe)
                {
                    EncoderName = encoder,
                    EncoderPath = encoderPath,
                    Temperature = temperature,
                    InScopeThreshold = threshold,
                    InversePenalty = penalty,
                    ExampleCount = examples,
                    HeldOut = held,
                    Path = path,
                };
        }
        catch (Exception e) when (e is (IOException or FormatException or ArgumentException) and not ClassifierHeadException)
        {
            throw Damaged($"its parts contradict each other ({e.Message})", path);
        }
    }

    private static void Write(BinaryWriter writer, PackedMatrix matrix)
    {
        writer.Write(matrix.IsBytes);
        Write(writer, matrix.Scales);
        writer.Write(matrix.Data);
    }

    private static void Write(BinaryWriter writer, float[] values)
    {
        foreach (float value in values)
        {
            writer.Write(value);
        }
    }

    private static PackedMatrix ReadMatrix(BinaryReader reader, int rows, int columns)
    {
        bool bytes = reader.ReadBoolean();
        float[] scales = ReadFloats(reader, bytes ? rows : 0);
        return PackedMatrix.FromPacked(rows, columns, bytes, ReadExactly(reader, (long)rows * columns * (bytes ? 1 : 2)), scales);
    }

    private static float[] ReadFloats(BinaryReader reader, int count)
    {
        float[] values = new float[count];
        Buffer.BlockCopy(ReadExactly(reader, (long)count * sizeof(float)), 0, values, 0, count * sizeof(float));
        return values;
    }

    private static byte[] ReadExactly(BinaryReader reader, long count) =>
        count <= reader.BaseStream.Length - reader.BaseStream.Position ? reader.ReadBytes((int)count) : throw new EndOfStreamException($"{count} bytes were expected");

    private static ClassifierHeadException Truncated(string? path) => new(ClassifierHeadError.Truncated, "it ends before what it announces: it is incomplete.", path);

    private static ClassifierHeadException Damaged(string what, string? path) => new(ClassifierHeadError.Damaged, $"{what}: it is damaged.", path);
}
