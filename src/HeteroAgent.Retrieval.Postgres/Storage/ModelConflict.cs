namespace HeteroAgent.Retrieval.Postgres;

/// <summary>Why a model may not be used on an index.</summary>
internal static class ModelConflict
{
    public static (PassageIndexError Error, string Message)? Find(IndexHeader header, EmbeddingFingerprint? model, bool writes)
    {
        if (header.Documents == 0)
        {
            return null;
        }

        return (header.Model, model) switch
        {
            ({ } made, null) => (PassageIndexError.EmbeddingModelNeeded, $"It holds vectors of the embedding model {made.Model} ({made.Dimensions} dimensions): give that model's generator{(writes ? "" : ", or search by words")}."),
            (null, { } given) when writes => (PassageIndexError.OtherEmbeddingModel, $"It holds words alone, and {given.Model} was given to add vectors. Add without an embedding generator, or make the index anew."),
            ({ } made, { } given) when made.Difference(given) is { } difference => (PassageIndexError.OtherEmbeddingModel, difference),
            _ => null,
        };
    }
}
