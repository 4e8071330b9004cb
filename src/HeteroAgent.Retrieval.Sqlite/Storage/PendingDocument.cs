using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace HeteroAgent.Retrieval.Sqlite;

/// <summary>A document on its way into the index.</summary>
internal sealed class PendingDocument
{
    public PendingDocument(SourceDocument document, PassageChunker chunker)
    {
        // SQLite's text ends at a U+0000; replacing it moves no offset.
        Document = document with { Title = document.Title.Replace('\0', '\uFFFD'), Text = document.Text.Replace('\0', '\uFFFD') };
        Hash = ComputeHash(Document, chunker);
    }

    public SourceDocument Document { get; }

    public byte[] Hash { get; }

    public IReadOnlyList<Passage> Passages { get; set; } = [];

    public float[][]? Vectors { get; set; }

    private static byte[] ComputeHash(SourceDocument document, PassageChunker chunker)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string part in new[] { document.Title, document.Url?.OriginalString ?? "", document.Text, FormattableString.Invariant($"1 {chunker.MaxLength} {chunker.Overlap} {chunker.Measure is not null}") })
        {
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            byte[] length = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }
}
