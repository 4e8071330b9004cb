namespace HeteroAgent;

/// <summary>A range of a text in UTF-16 code units.</summary>
internal readonly record struct TextRange(int Start, int End)
{
    public int Length => End - Start;
}
