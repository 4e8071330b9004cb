namespace HeteroAgent.LlamaCpp;

/// <summary>Varies the examples of a set. An example's variation depends on nothing but the seed, the epoch and its number, so that training can be taken up again anywhere. Immutable and thread-safe.</summary>
internal sealed class ExtractiveAugmenter
{
    private const int PartnerTries = 4;
    private readonly ExtractiveSet _set;
    private readonly ExtractiveAugmentation _options;
    private readonly int _seed;
    private readonly Dictionary<string, string[]> _values;
    private readonly Dictionary<(string Tool, string Slot), int[]> _partners;

    internal ExtractiveAugmenter(ExtractiveSet set, ExtractiveAugmentation? options, int seed)
    {
        _set = set;
        _options = (options ?? new ExtractiveAugmentation()).Validated();
        _seed = seed;
        _values = set.Examples.SelectMany(e => e.Spans.Select(s => (s.Slot, Value: e.Value(s))))
            .GroupBy(v => v.Slot, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Select(v => v.Value).Distinct(StringComparer.Ordinal).ToArray(), StringComparer.Ordinal);
        _partners = set.Examples.SelectMany((e, i) => e.Spans.Select(s => (e.Tool, s.Slot, Index: i)))
            .GroupBy(p => (p.Tool, p.Slot))
            .ToDictionary(g => g.Key, g => g.Select(p => p.Index).Distinct().ToArray());
    }

    internal AugmentedExample Augment(int index, int epoch)
    {
        Random random = new(Mix(_seed, epoch, index));
        ExtractiveExample example = _set.Examples[index];
        example = random.NextDouble() < _options.Crossing ? Cross(example, random) : example;
        example = random.NextDouble() < _options.SwapShare ? Swap(example, random) : example;
        example = random.NextDouble() < _options.TypingErrors ? TypingError.Apply(example, random, _set.Schema.Words) : example;
        example = random.NextDouble() < _options.Noise ? Carelessly(example, random) : example;
        return new AugmentedExample(
            example,
            random.NextDouble() < _options.MergeDropoutShare ? _options.MergeDropout : 0,
            random.NextDouble() < _options.UnknownWordShare ? _options.UnknownWords : 0,
            random.Next());
    }

    internal ExtractiveExample Swap(ExtractiveExample example, Random random)
    {
        (string Text, string? Slot)[] pieces = [.. RequestPieces.Of(example).Pieces];
        for (int i = 0; i < pieces.Length; i++)
        {
            if (pieces[i].Slot is { } slot && random.NextDouble() < _options.SwapRate && _values.TryGetValue(slot, out string[]? values))
            {
                (string Text, string? Slot) kept = pieces[i];
                pieces[i] = (values[random.Next(values.Length)], slot);
                if (ReferenceEquals(new RequestPieces(pieces).Compose(example, _set.Schema.Words), example))
                {
                    pieces[i] = kept;
                }
            }
        }

        return new RequestPieces(pieces).Compose(example, _set.Schema.Words);
    }

    internal ExtractiveExample Cross(ExtractiveExample example, Random random)
    {
        if (example.Spans.Count == 0)
        {
            return example;
        }

        string slot = example.Spans[random.Next(example.Spans.Count)].Slot;
        if (!_partners.TryGetValue((example.Tool, slot), out int[]? partners))
        {
            return example;
        }

        IReadOnlyList<(string Text, string? Slot)> own = UpTo(RequestPieces.Of(example).Pieces, slot);
        HashSet<string?> used = [.. own.Select(p => p.Slot).Where(s => s is not null)];
        for (int i = 0; i < PartnerTries; i++)
        {
            ExtractiveExample partner = _set.Examples[partners[random.Next(partners.Length)]];
            IReadOnlyList<(string Text, string? Slot)> all = RequestPieces.Of(partner).Pieces;
            (string Text, string? Slot)[] rest = [.. all.Skip(UpTo(all, slot).Count)];

            // A value of a closed set may be told by either half, so both must agree on it.
            bool sameClasses = example.Closed.Count == partner.Closed.Count && example.Closed.All(c => partner.Closed.TryGetValue(c.Key, out string? value) && value == c.Value);
            if (sameClasses && !ReferenceEquals(partner, example) && !rest.Any(p => p.Slot is not null && used.Contains(p.Slot)))
            {
                return new RequestPieces([.. own, .. rest]).Compose(example, _set.Schema.Words);
            }
        }

        return example;
    }

    internal ExtractiveExample Carelessly(ExtractiveExample example, Random random)
    {
        (string Text, string? Slot)[] pieces = [.. RequestPieces.Of(example).Pieces];
        if (random.NextDouble() < _options.NoiseLowerCase)
        {
            pieces = [.. pieces.Select(p => (p.Text.ToLowerInvariant(), p.Slot))];
        }
        else if (pieces[^1] is { Slot: null } last)
        {
            pieces[^1] = (last.Text.TrimEnd().TrimEnd('.', '!', '?', ',', ';', ':'), null);
        }

        return new RequestPieces(pieces).Compose(example, _set.Schema.Words);
    }

    /// <summary>The pieces up to and with the first of a slot.</summary>
    private static IReadOnlyList<(string Text, string? Slot)> UpTo(IReadOnlyList<(string Text, string? Slot)> pieces, string slot) =>
        [.. pieces.Take(pieces.Select((p, i) => (p, i)).First(p => p.p.Slot == slot).i + 1)];

    /// <summary>Spreads three numbers over all seeds (the finaliser of SplitMix64), the same in every process.</summary>
    private static int Mix(int seed, int epoch, int index)
    {
        ulong x = ((ulong)(uint)seed * 0x9E3779B97F4A7C15) ^ ((ulong)(uint)epoch << 32) ^ (uint)index;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return (int)(x ^ (x >> 31));
    }
}
