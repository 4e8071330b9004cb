namespace HeteroAgent;

/// <summary>What a search goes by.</summary>
public enum RetrievalMode
{
    /// <summary>Words and vectors fused where the index has vectors, words alone where it has none.</summary>
    Auto,

    /// <summary>Words alone (BM25).</summary>
    Words,

    /// <summary>Vectors alone (cosine similarity).</summary>
    Vectors,

    /// <summary>Words and vectors, fused by reciprocal rank (Cormack et al., SIGIR 2009).</summary>
    Hybrid,
}
