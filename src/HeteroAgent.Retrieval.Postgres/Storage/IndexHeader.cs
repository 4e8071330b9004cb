namespace HeteroAgent.Retrieval.Postgres;

/// <summary>The one row that describes an index.</summary>
internal sealed record IndexHeader(int Format, EmbeddingFingerprint? Model, long Documents, long Passages, long Terms, long NextDocument, long NextPassage)
{
    /// <summary>The version of the tables that this library writes and reads.</summary>
    public const int CurrentFormat = 1;

    public const string Columns = "format, model, probe, documents, passages, terms, next_document, next_passage";

    public double AverageLength => Passages == 0 ? 1 : Math.Max(1, (double)Terms / Passages);
}
