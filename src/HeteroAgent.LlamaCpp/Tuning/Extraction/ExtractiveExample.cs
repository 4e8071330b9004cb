namespace HeteroAgent.LlamaCpp;

/// <summary>A request and the call that stands in it. Immutable and thread-safe.</summary>
public sealed record ExtractiveExample
{
    /// <summary>Creates an example.</summary>
    /// <param name="request">The request.</param>
    /// <param name="tool">The name of the tool to call.</param>
    /// <param name="spans">Where the values stand, in any order; they may not overlap.</param>
    /// <exception cref="ArgumentException">The request holds nothing, or a span is empty, outside the request or overlaps another.</exception>
    public ExtractiveExample(string request, string tool, IReadOnlyList<SlotSpan> spans)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(request);
        ArgumentException.ThrowIfNullOrWhiteSpace(tool);
        ArgumentNullException.ThrowIfNull(spans);
        Request = request;
        Tool = tool;
        Spans = [.. spans.OrderBy(s => s.Start)];
        int end = 0;
        foreach (SlotSpan span in Spans)
        {
            if (span.Start < end || span.Length < 1 || span.Length > request.Length - span.Start)
            {
                throw new ArgumentException($"The span of '{span.Slot}' ({span.Start}, {span.Length}) is empty, ends after the request's {request.Length} characters, or overlaps another.", nameof(spans));
            }

            end = span.End;
        }
    }

    /// <summary>Gets the request.</summary>
    public string Request { get; }

    /// <summary>Gets the name of the tool to call.</summary>
    public string Tool { get; }

    /// <summary>Gets where the values stand, in the order of the request.</summary>
    public IReadOnlyList<SlotSpan> Spans { get; }

    /// <summary>Gets the values of closed sets, by slot; they need not stand in the request.</summary>
    /// <value>Default empty.</value>
    public IReadOnlyDictionary<string, string> Closed { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the number of its line in the file that it was read from.</summary>
    /// <value>From 1; default 0: it came from no file.</value>
    public int Line { get; init; }

    /// <summary>The text of a span.</summary>
    /// <param name="span">One of <see cref="Spans"/>.</param>
    /// <returns>The value.</returns>
    public string Value(SlotSpan span) => Request.Substring(span.Start, span.Length);
}
