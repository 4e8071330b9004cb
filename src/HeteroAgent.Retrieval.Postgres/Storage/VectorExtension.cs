namespace HeteroAgent.Retrieval.Postgres;

/// <summary>What the server has of pgvector.</summary>
/// <param name="Schema">The schema that the extension stands in; null where it is missing.</param>
/// <param name="HasIterativeScan">Whether a search goes on where rows that were removed leave it with too few (0.8 and newer).</param>
/// <param name="Missing">Why vectors cannot be used; null where they can.</param>
internal sealed record VectorExtension(string? Schema, bool HasIterativeScan, string? Missing)
{
    public string Type => $"{TableNames.Quote(Schema!)}.vector";

    public string CosineDistance => $"OPERATOR({TableNames.Quote(Schema!)}.<=>)";

    public string CosineOperators => $"{TableNames.Quote(Schema!)}.vector_cosine_ops";
}
