namespace HeteroAgent;

/// <summary>A stretch of a document's text.</summary>
/// <param name="Start">Where it starts in the text, in UTF-16 code units; <see cref="Text"/> stands there exactly.</param>
/// <param name="Text">The stretch itself; neither empty nor starting or ending with white space.</param>
public sealed record Passage(int Start, string Text)
{
    /// <summary>Gets the title of the document; empty where it has none.</summary>
    public string Title { get; init; } = "";

    /// <summary>Gets the headings under which the passage starts and that do not stand in it, the outermost first, joined by " &gt; "; empty where there are none.</summary>
    public string Heading { get; init; } = "";

    /// <summary>Gets the offset behind its last character.</summary>
    public int End => Start + Text.Length;

    /// <summary>Gets the passage with its title and headings, a line each: what an embedding model reads.</summary>
    public string InContext => string.Join('\n', new[] { Title, Heading, Text }.Where(static s => s.Length > 0));
}
