using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace HeteroAgent;

/// <summary>A dated table of models' prices in US dollars per million tokens.</summary>
/// <remarks>
/// <para>Immutable and safe to share between threads.</para>
/// <para>A model is found by its exact id (case does not matter), without a leading <c>vendor/</c>, or without a trailing date or <c>-latest</c>. A longer name never falls back to a shorter one: <c>gpt-4o-mini</c> is not <c>gpt-4o</c>.</para>
/// </remarks>
public sealed class PriceTable
{
    private static readonly Lazy<PriceTable> LazyDefault = new(PriceTableReader.ReadDefault);

    private readonly FrozenDictionary<string, ModelPrice> _prices;

    /// <summary>Creates a table.</summary>
    /// <param name="prices">The models' ids and prices.</param>
    /// <param name="asOf">The day on which these prices held.</param>
    /// <param name="source">Where they came from.</param>
    /// <exception cref="ArgumentNullException"><paramref name="prices"/> or one of them is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">A model's id is empty or occurs twice.</exception>
    public PriceTable(IEnumerable<KeyValuePair<string, ModelPrice>> prices, DateOnly asOf, string? source = null)
    {
        ArgumentNullException.ThrowIfNull(prices);
        Dictionary<string, ModelPrice> table = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string model, ModelPrice price) in prices)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(model, nameof(prices));
            ArgumentNullException.ThrowIfNull(price, nameof(prices));
            if (!table.TryAdd(model, price))
            {
                throw new ArgumentException($"The model '{model}' occurs twice.", nameof(prices));
            }
        }

        _prices = table.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        AsOf = asOf;
        Source = source;
    }

    /// <summary>Gets the table that comes with the library: the file <c>prices.json</c>, list prices of well-known models on the day of <see cref="AsOf"/>.</summary>
    public static PriceTable Default => LazyDefault.Value;

    /// <summary>Gets the day on which these prices held.</summary>
    public DateOnly AsOf { get; }

    /// <summary>Gets where the prices came from, or <see langword="null"/>.</summary>
    public string? Source { get; }

    /// <summary>Gets the ids of the models.</summary>
    public IEnumerable<string> Models => _prices.Keys;

    /// <summary>Reads a table from JSON: <c>{"as_of": "2025-12-01", "source": "…", "models": {"id": {"input": 3, "output": 15, "cached_input": 0.3}}}</c>.</summary>
    /// <param name="utf8Json">The JSON text.</param>
    /// <returns>The table.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="utf8Json"/> is <see langword="null"/>.</exception>
    /// <exception cref="PriceTableException">The text is not such a table; the message names the place.</exception>
    public static PriceTable Load(Stream utf8Json)
    {
        ArgumentNullException.ThrowIfNull(utf8Json);
        return PriceTableReader.Read(utf8Json);
    }

    /// <summary>Reads a table from a file; see <see cref="Load(Stream)"/>.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The table.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="PriceTableException">The text is not such a table; the message names the place.</exception>
    public static PriceTable Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream file = File.OpenRead(path);
        return PriceTableReader.Read(file);
    }

    /// <summary>Gets the price of a model.</summary>
    /// <param name="model">The model's id, as a response reports it.</param>
    /// <returns>Its price.</returns>
    /// <exception cref="UnpricedModelException">The table does not hold the model.</exception>
    public ModelPrice GetPrice(string? model) => TryGetPrice(model, out ModelPrice? price) ? price : throw new UnpricedModelException(model, _prices.Keys.Order(StringComparer.Ordinal));

    /// <summary>Gets the price of a model, where the table holds it.</summary>
    /// <param name="model">The model's id, as a response reports it.</param>
    /// <param name="price">Its price.</param>
    /// <returns>Whether the table holds the model.</returns>
    public bool TryGetPrice(string? model, [NotNullWhen(true)] out ModelPrice? price)
    {
        price = null;
        if (string.IsNullOrWhiteSpace(model))
        {
            return false;
        }

        foreach (string name in ModelName.Candidates(model))
        {
            if (_prices.TryGetValue(name, out price))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Creates a table in which one model's price is added or replaced.</summary>
    /// <param name="model">The model's id.</param>
    /// <param name="price">Its price.</param>
    /// <returns>The new table.</returns>
    /// <exception cref="ArgumentException"><paramref name="model"/> is empty.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="price"/> is <see langword="null"/>.</exception>
    public PriceTable With(string model, ModelPrice price)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(model);
        ArgumentNullException.ThrowIfNull(price);
        return new(_prices.Where(p => !p.Key.Equals(model, StringComparison.OrdinalIgnoreCase)).Append(new(model, price)), AsOf, Source);
    }
}
