using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>
/// Writes and reads checkpoints: beside the target, flushed to the disk, then renamed, with a SHA-256 at the end.
/// A killed process leaves the older checkpoint; a damaged one is refused.
/// </summary>
internal static class CheckpointFile
{
    private const uint Magic = 0x4B434148;
    private const int Version = 1;

    /// <exception cref="TuningException">It could not be written; what stood there is untouched.</exception>
    internal static void Write(string path, TrainingState state) => AtomicFile.Write(path, stream =>
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Bytes(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(bytes);
            stream.Write(bytes);
        }

        using MemoryStream header = new();
        using (BinaryWriter writer = new(header, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Magic);
            writer.Write(Version);
            writer.Write(state.Fingerprint);
            writer.Write(state.Step);
            writer.Write(state.Steps);
            writer.Write(state.Seconds);
            writer.Write(state.BestGoodness);
            writer.Write(state.ValidationsSinceBest);
            writer.Write(state.Losses.Count);
            state.Losses.ForEach(writer.Write);
            writer.Write(state.Validations.Count);
            foreach ((int step, float loss, float metric) in state.Validations)
            {
                writer.Write(step);
                writer.Write(loss);
                writer.Write(metric);
            }

            writer.Write(state.Values.Length);
            writer.Write(state.Average.Length);
            writer.Write(state.Best.Length);
        }

        Span<byte> length = stackalloc byte[4];
        BitConverter.TryWriteBytes(length, (int)header.Length);
        Bytes(length);
        Bytes(header.GetBuffer().AsSpan(0, (int)header.Length));
        foreach (float[] values in new[] { state.Values, state.FirstMoment, state.SecondMoment, state.Average, state.Best })
        {
            Bytes(MemoryMarshal.AsBytes(values.AsSpan()));
        }

        stream.Write(hash.GetHashAndReset());
    });

    /// <summary>Fills a state, whose arrays have their lengths already, from a file.</summary>
    /// <exception cref="TuningException">The file is damaged, cut short, or of another run.</exception>
    internal static void Read(string path, TrainingState state)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            void Bytes(Span<byte> bytes)
            {
                stream.ReadExactly(bytes);
                hash.AppendData(bytes);
            }

            Span<byte> lengthBytes = stackalloc byte[4];
            Bytes(lengthBytes);
            int length = BitConverter.ToInt32(lengthBytes);
            if (length < 0 || length > stream.Length)
            {
                throw Damaged(path, "its header has no sound length");
            }

            byte[] header = new byte[length];
            Bytes(header);
            (float[] values, float[] average, float[] best) = ReadHeader(path, header, state, out Action commit);
            float[] first = new float[values.Length];
            float[] second = new float[values.Length];
            foreach (float[] target in new[] { values, first, second, average, best })
            {
                Bytes(MemoryMarshal.AsBytes(target.AsSpan()));
            }

            Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
            stream.ReadExactly(expected);
            if (!expected.SequenceEqual(hash.GetHashAndReset()) || stream.Position != stream.Length)
            {
                throw Damaged(path, "its checksum does not fit its content");
            }

            values.CopyTo(state.Values, 0);
            first.CopyTo(state.FirstMoment, 0);
            second.CopyTo(state.SecondMoment, 0);
            average.CopyTo(state.Average, 0);
            state.Best = best;
            commit();
        }
        catch (EndOfStreamException e)
        {
            throw Damaged(path, "it ends early", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Damaged(path, e.Message, e);
        }
    }

    private static (float[] Values, float[] Average, float[] Best) ReadHeader(string path, byte[] header, TrainingState state, out Action commit)
    {
        using BinaryReader reader = new(new MemoryStream(header), Encoding.UTF8);
        if (header.Length < 8 || reader.ReadUInt32() != Magic || reader.ReadInt32() != Version)
        {
            throw Damaged(path, "it is no checkpoint of this version");
        }

        string fingerprint = reader.ReadString();
        if (fingerprint != state.Fingerprint)
        {
            throw new TuningException(TuningFailure.DamagedCheckpoint, $"The checkpoint '{path}' belongs to another run: its data, base or options differ. It says {fingerprint}; this run is {state.Fingerprint}. Delete it, or train with what it was made with.");
        }

        (int step, int steps, double seconds, double goodness, int since) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadInt32());
        int losses = reader.ReadInt32();
        if (step < 0 || steps < step || losses < 0 || losses > header.Length / sizeof(float))
        {
            throw Damaged(path, "its counts contradict each other");
        }

        float[] each = [.. Enumerable.Range(0, losses).Select(_ => reader.ReadSingle())];
        (int, float, float)[] validations = [.. Enumerable.Range(0, Math.Clamp(reader.ReadInt32(), 0, header.Length)).Select(_ => (reader.ReadInt32(), reader.ReadSingle(), reader.ReadSingle()))];
        (int values, int average, int best) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        if (values != state.Values.Length || average != state.Average.Length || (best != 0 && best != values))
        {
            throw Damaged(path, $"it holds {values} numbers where {state.Values.Length} were expected");
        }

        commit = () =>
        {
            (state.Step, state.Steps, state.Seconds, state.BestGoodness, state.ValidationsSinceBest) = (step, steps, seconds, goodness, since);
            state.Losses.Clear();
            state.Losses.AddRange(each);
            state.Validations.Clear();
            state.Validations.AddRange(validations);
        };
        return (new float[values], new float[average], new float[best]);
    }

    private static TuningException Damaged(string path, string why, Exception? cause = null) =>
        new(TuningFailure.DamagedCheckpoint, $"The checkpoint '{path}' cannot be gone on from: {why}. Delete it to begin anew.", cause);
}
