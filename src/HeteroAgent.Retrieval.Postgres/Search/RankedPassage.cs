namespace HeteroAgent.Retrieval.Postgres;

/// <summary>A passage's id with how well it matches.</summary>
internal readonly record struct RankedPassage(long Passage, double Score);
