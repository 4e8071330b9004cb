using System.Globalization;
using System.Text.Json;

namespace HeteroAgent;

internal static class PriceTableReader
{
    private const string Resource = "HeteroAgent.prices.json";

    public static PriceTable ReadDefault()
    {
        using Stream stream = typeof(PriceTableReader).Assembly.GetManifestResourceStream(Resource)
            ?? throw new PriceTableException($"The resource {Resource} is not in the assembly.");
        return Read(stream);
    }

    public static PriceTable Read(Stream stream)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(stream, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new PriceTableException($"The price table is not JSON: {e.Message}", e);
        }
    }

    private static PriceTable Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("models", out JsonElement models) || models.ValueKind != JsonValueKind.Object)
        {
            throw new PriceTableException("/models: expected an object that maps each model's id to its price.");
        }

        if (!root.TryGetProperty("as_of", out JsonElement asOf) || asOf.ValueKind != JsonValueKind.String
            || !DateOnly.TryParseExact(asOf.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day))
        {
            throw new PriceTableException("/as_of: expected the day on which the prices held, as \"yyyy-MM-dd\".");
        }

        string? source = root.TryGetProperty("source", out JsonElement s) && s.ValueKind == JsonValueKind.String ? s.GetString() : null;
        List<KeyValuePair<string, ModelPrice>> prices = [];
        foreach (JsonProperty model in models.EnumerateObject())
        {
            string place = $"/models/{model.Name}";
            if (model.Value.ValueKind != JsonValueKind.Object)
            {
                throw new PriceTableException($"{place}: expected an object with input, output and, where it applies, cached_input.");
            }

            prices.Add(new(model.Name, new ModelPrice(
                Number(model.Value, "input", place) ?? throw new PriceTableException($"{place}/input: missing."),
                Number(model.Value, "output", place) ?? throw new PriceTableException($"{place}/output: missing."),
                Number(model.Value, "cached_input", place))));
        }

        try
        {
            return new PriceTable(prices, day, source);
        }
        catch (ArgumentException e)
        {
            throw new PriceTableException($"/models: {e.Message}", e);
        }
    }

    private static decimal? Number(JsonElement price, string name, string place)
    {
        if (!price.TryGetProperty(name, out JsonElement value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out decimal number) && number >= 0
            ? number
            : throw new PriceTableException($"{place}/{name}: {value.GetRawText()} is not a price; expected dollars per million tokens, at least 0.");
    }
}
