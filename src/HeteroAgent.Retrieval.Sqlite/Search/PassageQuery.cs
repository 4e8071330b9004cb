namespace HeteroAgent.Retrieval.Sqlite;

/// <summary>What is looked for.</summary>
/// <param name="Words">The query to be looked for by words; <see langword="null"/> for a search by vectors alone.</param>
/// <param name="Vectors">The vectors of its parts; empty for a search by words alone.</param>
/// <param name="TopK">The number of passages wanted.</param>
internal sealed record PassageQuery(string? Words, IReadOnlyList<float[]> Vectors, int TopK);
