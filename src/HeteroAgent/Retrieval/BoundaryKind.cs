namespace HeteroAgent;

/// <summary>What starts at a place of a text, the stronger the higher.</summary>
internal enum BoundaryKind
{
    None,
    Word,
    Sentence,
    Line,
    Paragraph,
    Heading,
}
