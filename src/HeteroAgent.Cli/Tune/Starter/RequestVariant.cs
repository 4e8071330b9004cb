using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary>Test requests as people also write them, always the same.</summary>
internal static class RequestVariant
{
    private const int Seed = 1;

    /// <summary>Requests and values in lower case.</summary>
    internal static IReadOnlyList<ExtractiveExample> LowerCase(IEnumerable<ExtractiveExample> examples) => Write(examples, r => r.ToLowerInvariant());

    /// <summary>Requests and values in upper case.</summary>
    internal static IReadOnlyList<ExtractiveExample> UpperCase(IEnumerable<ExtractiveExample> examples) => Write(examples, r => r.ToUpperInvariant());

    /// <summary>One typing error a request, in a word that belongs to no value.</summary>
    internal static IReadOnlyList<ExtractiveExample> OneTypingError(IEnumerable<ExtractiveExample> examples)
    {
        Random random = new(Seed);
        return [.. examples.Select(e => TypingError.Apply(e, random))];
    }

    // The invariant culture maps one character to one, so that the places of the values stay.
    private static IReadOnlyList<ExtractiveExample> Write(IEnumerable<ExtractiveExample> examples, Func<string, string> write) =>
        [.. examples.Select(e => new ExtractiveExample(write(e.Request), e.Tool, e.Spans) { Closed = e.Closed, Line = e.Line })];
}
