using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Adds up what calls cost by route, and what they would have cost had every one gone to the frontier model.</summary>
/// <remarks>
/// <para>Thread-safe. Figures are US dollars as <see cref="decimal"/>.</para>
/// <para>A frontier call that cannot be priced is counted in <see cref="LedgerSnapshot.UnpricedCalls"/>, never as 0. A call that reported no usage is counted in <see cref="LedgerSnapshot.UnmeasuredCalls"/>. An answer that says nothing of its route is taken for one of the frontier model's.</para>
/// </remarks>
public sealed class Ledger
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, RouteTotals> _frontier = new(StringComparer.Ordinal);
    private readonly string? _comparison;
    private RouteTotals _local;
    private RouteTotals _discarded;
    private string? _localModel;
    private string? _lastFrontierModel;
    private long _unmeasured;

    /// <summary>Creates an empty ledger.</summary>
    /// <param name="prices">The prices of the frontier models; <see langword="null"/> for <see cref="PriceTable.Default"/>.</param>
    /// <param name="frontierModel">The model by which kept calls are priced in the comparison; <see langword="null"/> for the frontier model that answered last.</param>
    /// <exception cref="UnpricedModelException"><paramref name="frontierModel"/> is not in <paramref name="prices"/>.</exception>
    public Ledger(PriceTable? prices = null, string? frontierModel = null)
    {
        Prices = prices ?? PriceTable.Default;
        _ = frontierModel is null ? null : Prices.GetPrice(frontierModel);
        _comparison = frontierModel;
    }

    /// <summary>Gets the prices of the frontier models.</summary>
    public PriceTable Prices { get; }

    /// <summary>Gets the price of the local model.</summary>
    /// <value>Default <see cref="ModelPrice.Free"/>: it runs in the caller's own process.</value>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public ModelPrice LocalPrice
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = ModelPrice.Free;

    /// <summary>Records one answer.</summary>
    /// <param name="usage">Its usage; split by <see cref="UsageCountNames"/> where an <see cref="EscalatingChatClient"/> took part.</param>
    /// <param name="route">Who answered: one of <see cref="Routes"/>; <see langword="null"/> where nothing is known, which is taken for the frontier model.</param>
    /// <param name="model">The id of the model that answered.</param>
    /// <param name="localModel">The id of the local model that took part; <see langword="null"/> where it is not known. <paramref name="model"/> names it where the local answer was kept.</param>
    public void Record(UsageDetails? usage, string? route, string? model, string? localModel = null) => _ = Book(usage, route, model, localModel);

    internal LedgerEntry Book(UsageDetails? usage, string? route, string? model, string? localModel)
    {
        bool local = route == Routes.Local;
        UsageDetails counted = usage ?? new();
        if (!RouteUsage.IsSplit(usage))
        {
            counted = new();
            if (local)
            {
                RouteUsage.CountLocal(counted, usage, discarded: false);
            }
            else
            {
                RouteUsage.CountFrontier(counted, usage);
            }
        }

        RouteTotals ofLocal = RouteTotals.Read(counted, UsageCountNames.LocalCalls, UsageCountNames.LocalInputTokens, UsageCountNames.LocalCachedInputTokens, UsageCountNames.LocalOutputTokens);
        RouteTotals ofDiscarded = RouteTotals.Read(counted, UsageCountNames.DiscardedCalls, UsageCountNames.DiscardedInputTokens, null, UsageCountNames.DiscardedOutputTokens);
        RouteTotals ofFrontier = RouteTotals.Read(counted, UsageCountNames.FrontierCalls, UsageCountNames.FrontierInputTokens, UsageCountNames.FrontierCachedInputTokens, UsageCountNames.FrontierOutputTokens);
        lock (_lock)
        {
            _local += ofLocal;
            _discarded += ofDiscarded;
            _unmeasured += (ofFrontier.IsUnmeasured ? ofFrontier.Calls : 0) + (ofLocal.IsUnmeasured ? ofLocal.Calls - ofDiscarded.Calls : 0);
            if (ofLocal.Calls > 0)
            {
                _localModel = (local ? model : null) ?? _localModel ?? localModel;
            }

            string? unpriced = null;
            decimal cost = LocalPrice.Cost(ofLocal.Input, ofLocal.Output, ofLocal.Cached);
            decimal localCost = cost;

            if (ofFrontier.Calls > 0)
            {
                // A tool loop may end on a local turn; its frontier turns are then booked to the frontier model seen last.
                string name = (local ? _lastFrontierModel ?? _comparison : model) ?? "";
                _lastFrontierModel = name.Length > 0 ? name : _lastFrontierModel;
                if (Prices.TryGetPrice(name, out ModelPrice? price))
                {
                    cost += price.Cost(ofFrontier.Input, ofFrontier.Output, ofFrontier.Cached);
                }
                else if (!_frontier.ContainsKey(name))
                {
                    unpriced = name;
                }

                _frontier[name] = _frontier.GetValueOrDefault(name) + ofFrontier;
            }

            // What the snapshot's saving grows by, unless the model that it compares with changes later.
            RouteTotals kept = ofLocal - ofDiscarded;
            decimal? saving = Prices.TryGetPrice(_comparison ?? _lastFrontierModel, out ModelPrice? all) ? all.Cost(kept.Input, kept.Output) - localCost : kept.Calls == 0 ? -localCost : null;
            return new(cost, saving, unpriced, usage is null || (ofFrontier.Calls > 0 && ofFrontier.IsUnmeasured));
        }
    }

    /// <summary>Gets the figures as they stand.</summary>
    /// <returns>A snapshot that does not change any more.</returns>
    public LedgerSnapshot GetSnapshot()
    {
        lock (_lock)
        {
            List<LedgerRow> rows = [];
            if (_local.Calls > 0)
            {
                rows.Add(_local.ToRow(Routes.Local, _localModel, LocalPrice));
            }

            foreach ((string model, RouteTotals totals) in _frontier)
            {
                _ = Prices.TryGetPrice(model, out ModelPrice? price);
                rows.Add(totals.ToRow(Routes.Frontier, model.Length > 0 ? model : null, price));
            }

            RouteTotals kept = _local - _discarded;
            string? comparison = _comparison ?? _lastFrontierModel;
            decimal frontierCost = rows.Where(static r => r.Route == Routes.Frontier).Sum(static r => r.Cost ?? 0);
            return new()
            {
                Rows = rows,
                LocalCalls = kept.Calls,
                FrontierCalls = _frontier.Values.Sum(static t => t.Calls),
                UnpricedCalls = rows.Where(static r => r.Cost is null).Sum(static r => r.Calls),
                UnmeasuredCalls = _unmeasured,
                Cost = rows.Sum(static r => r.Cost ?? 0),
                FrontierModel = comparison,
                FrontierOnlyCost = Prices.TryGetPrice(comparison, out ModelPrice? all) ? frontierCost + all.Cost(kept.Input, kept.Output) : kept.Calls == 0 ? frontierCost : null,
                PricesAsOf = Prices.AsOf,
            };
        }
    }
}
