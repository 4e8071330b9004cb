namespace HeteroAgent;

/// <summary>One reading of a place in a text.</summary>
/// <param name="Text">The value in its normal form: a JSON number, or the inside of a JSON string.</param>
/// <param name="Start">Where it is written.</param>
/// <param name="Length">The characters that it takes there.</param>
internal readonly record struct SpanValue(string Text, int Start, int Length);
