using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>What the keys and values of a prefix depend on besides its tokens: the weights, the adapter, the library and the processor's kernels.</summary>
internal static class PrefixKey
{
    internal const int Length = 32;

    // The keys and values are kept as 16-bit floats.
    private const string CacheTypes = "f16/f16";
    private const int SampleLength = 4096;

    /// <summary>The key of everything that is decoded by a model and an adapter. Reads samples of the files.</summary>
    internal static byte[] Of(LlamaModel model, LlamaAdapter? adapter)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        LlamaRuntime? runtime = LlamaRuntime.Current;
        hash.AppendData(Encoding.UTF8.GetBytes($"{runtime?.Version}\0{runtime?.CpuLibrary}\0{model.Backend}\0{CacheTypes}\0"));
        foreach (GgufFile part in model.File.Parts)
        {
            Append(hash, part);
        }

        if (adapter is not null)
        {
            Append(hash, adapter.File);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>Adds what tells one file from another: its header, its length and time, and the start, the middle and the end of every tensor.</summary>
    /// <remarks>A model file may be gigabytes; other weights of the same shape differ all over, so that samples suffice.</remarks>
    private static void Append(IncrementalHash hash, GgufFile file)
    {
        using FileStream stream = new(file.Path!, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        Span<byte> sizes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(sizes, stream.Length);
        BinaryPrimitives.WriteInt64LittleEndian(sizes[8..], File.GetLastWriteTimeUtc(stream.SafeFileHandle).Ticks);
        hash.AppendData(sizes);
        Append(hash, stream, 0, file.DataOffset);
        foreach (GgufTensor tensor in file.Tensors)
        {
            long start = file.DataOffset + (long)tensor.Offset;
            long length = tensor.SizeInBytes;
            Append(hash, stream, start, Math.Min(length, SampleLength));
            Append(hash, stream, start + (length / 2), Math.Min(length - (length / 2), SampleLength));
            Append(hash, stream, start + Math.Max(length - SampleLength, 0), Math.Min(length, SampleLength));
        }
    }

    private static void Append(IncrementalHash hash, FileStream stream, long start, long length)
    {
        byte[] buffer = new byte[(int)Math.Min(length, 1 << 20)];
        while (length > 0)
        {
            int read = RandomAccess.Read(stream.SafeFileHandle, buffer.AsSpan(0, (int)Math.Min(length, buffer.Length)), start);
            if (read == 0)
            {
                throw new EndOfStreamException($"{stream.Name} has become shorter.");
            }

            hash.AppendData(buffer.AsSpan(0, read));
            start += read;
            length -= read;
        }
    }
}
