namespace HeteroAgent.Retrieval.Sqlite;

/// <summary>What is looked for.</summary>
/// <param name="Whole">The whole query.</param>
/// <param name="Words">Its parts, to be looked for by words; empty for a search by vectors alone.</param>
/// <param name="Vectors">The vectors of its parts; empty for a search by words alone.</param>
/// <param name="TopK">The number of passages wanted.</param>
internal sealed record PassageQuery(string Whole, IReadOnlyList<string> Words, IReadOnlyList<float[]> Vectors, int TopK);
