using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace HeteroAgent.Retrieval.Postgres;

/// <summary>A document as it is to be written.</summary>
internal sealed class PreparedDocument
{
    /// <summary>The longest id, in UTF-8 bytes, that the unique index takes.</summary>
    private const int MaxIdBytes = 2000;

    private PreparedDocument(SourceDocument document)
    {
        Document = document;
        Hash = HashOf(document);
    }

    public SourceDocument Document { get; }

    public byte[] Hash { get; }

    public IReadOnlyList<Passage> Passages { get; set; } = [];

    /// <summary>One vector a passage; null where the index holds words alone.</summary>
    public IReadOnlyList<float[]>? Vectors { get; set; }

    /// <exception cref="ArgumentException">The document cannot be indexed.</exception>
    public static PreparedDocument Create(SourceDocument? document, string parameterName)
    {
        if (document is null || string.IsNullOrEmpty(document.Id) || document.Title is null || document.Text is null)
        {
            throw new ArgumentException($"A document needs an id that is not empty, a title and a text; {(document is null ? "one document is null" : string.IsNullOrEmpty(document.Id) ? "one has no id" : $"'{document.Id}' has none")}.", parameterName);
        }

        if (Encoding.UTF8.GetByteCount(document.Id) > MaxIdBytes || SqlText.NeedsRepair(document.Id))
        {
            throw new ArgumentException($"The id of a document may have {MaxIdBytes} bytes of UTF-8, without U+0000 and lone surrogates; '{document.Id[..Math.Min(document.Id.Length, 40)]}' is another.", parameterName);
        }

        // Offsets stay as they are.
        return new PreparedDocument(document with { Title = SqlText.Storable(document.Title), Text = SqlText.Storable(document.Text) });
    }

    private static byte[] HashOf(SourceDocument document)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (string part in new[] { document.Title, document.Text, document.Url?.OriginalString ?? "" })
        {
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }
}
