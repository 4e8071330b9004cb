namespace HeteroAgent;

/// <summary>What an <see cref="IPassageIndex"/> holds.</summary>
/// <param name="DocumentCount">The number of documents.</param>
/// <param name="PassageCount">The number of passages.</param>
/// <param name="EmbeddingModel">The name of the model that made the vectors; <see langword="null"/> where the index holds words alone.</param>
/// <param name="Dimensions">The number of elements of a vector; 0 where the index holds words alone.</param>
public sealed record PassageIndexInfo(int DocumentCount, int PassageCount, string? EmbeddingModel, int Dimensions);
