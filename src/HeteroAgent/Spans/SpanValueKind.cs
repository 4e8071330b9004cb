namespace HeteroAgent;

/// <summary>The kinds of values that are read out of a text and written in a form of their own.</summary>
internal enum SpanValueKind
{
    /// <summary>A number.</summary>
    Number,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A day, as RFC 3339 writes it.</summary>
    Date,

    /// <summary>A time of day, as RFC 3339 writes it, without an offset where none is written.</summary>
    Time,

    /// <summary>A day and a time, as RFC 3339 writes them, without an offset where none is written.</summary>
    DateTime,
}
