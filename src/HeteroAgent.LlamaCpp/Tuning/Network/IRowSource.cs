namespace HeteroAgent.LlamaCpp;

/// <summary>A matrix whose rows can be read as numbers by any number of threads.</summary>
internal interface IRowSource
{
    int Rows { get; }

    int Columns { get; }

    /// <summary>Writes rows one after the other.</summary>
    void ReadRows(int first, int count, Span<float> target);
}
