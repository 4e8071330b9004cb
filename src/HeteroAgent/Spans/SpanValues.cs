using System.Text.Json;

namespace HeteroAgent;

/// <summary>Finds the numbers, dates and times that are written in a text.</summary>
internal static class SpanValues
{
    /// <summary>The most values of one kind: what stands further back in a longer text is not found.</summary>
    public const int MaxValues = 4096;

    /// <summary>Finds all values of a kind, in the order of the text; where a place has several readings, all of them.</summary>
    public static IReadOnlyList<SpanValue> Find(SpanValueKind kind, string text) =>
    [
        .. (kind switch
        {
            SpanValueKind.Number => NumberSpans.Find(text),
            SpanValueKind.Integer => NumberSpans.Find(text).Where(v => !v.Text.Contains('.', StringComparison.Ordinal)),
            SpanValueKind.Date => DateSpans.Find(text),
            SpanValueKind.Time => TimeSpans.Find(text),
            _ => DateTimeSpans.Find(text),
        }).Take(MaxValues),
    ];

    /// <summary>The values of a kind in their normal form, each once.</summary>
    public static IReadOnlyList<string> Texts(SpanValueKind kind, string text) => [.. Find(kind, text).Select(v => v.Text).Distinct(StringComparer.Ordinal)];

    /// <summary>The kind that a <c>format</c> of strings asks for, or null.</summary>
    public static SpanValueKind? OfFormat(string? format) => format switch
    {
        "date" => SpanValueKind.Date,
        "time" => SpanValueKind.Time,
        "date-time" => SpanValueKind.DateTime,
        _ => null,
    };

    /// <summary>Whether a text holds a value: a number by its amount, a string as it is or, under one of these formats, in its normal form.</summary>
    public static bool Holds(string text, JsonElement value, string? format) => value.ValueKind switch
    {
        JsonValueKind.String => OfFormat(format) is { } kind
            ? Find(kind, text).Any(v => v.Text == value.GetString())
            : text.Contains(value.GetString()!, StringComparison.Ordinal),
        JsonValueKind.Number => value.TryGetDecimal(out decimal number) && Find(SpanValueKind.Number, text).Any(v => v.Text == NumberSpans.Write(number)),
        _ => true,
    };
}
