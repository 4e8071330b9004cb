namespace HeteroAgent;

/// <summary>The quantities that are known at a step: those of the question and those that earlier steps computed.</summary>
internal sealed class KnownQuantities
{
    private const int Most = 40;
    private readonly List<WordedQuantity> _known;

    public KnownQuantities(List<MathToken> question) => _known = WordedQuantityReader.Read(question, -1);

    public IReadOnlyList<WordedQuantity> All => _known;

    /// <summary>The known quantity of a value, the latest computed first; a share written as 20% is found as 20 or as 0.2.</summary>
    public WordedQuantity? Find(Rational value)
    {
        for (int i = _known.Count - 1; i >= 0; i--)
        {
            if (_known[i].Step >= 0 && _known[i].Value == value)
            {
                return _known[i];
            }
        }

        WordedQuantity? found = _known.Find(q => q.Step < 0 && q.Value == value);
        if (found is null && value.Sign > 0 && value.CompareTo(Rational.Whole(1)) < 0 && Rational.Multiply(value, Rational.Whole(100)) is { } percent)
        {
            found = _known.Find(q => q.Value == percent);
        }

        return found;
    }

    public static WordedQuantity Constant(Rational value) => new(value, -1, 9, "const", []);

    public void Compute(List<MathToken> tokens, Operation operation, int step)
    {
        if (operation.Result is { } value && operation.ResultToken >= 0 && _known.Count < Most)
        {
            int start = Math.Max(0, operation.Start - 14);
            List<string> words = WordedQuantityReader.WordsAround(tokens, start, Math.Min(tokens.Count, operation.ResultToken + 6), operation.Start);
            _known.Add(new WordedQuantity(value, step, 0, WordedQuantityReader.UnitAfter(tokens, operation.ResultToken, tokens.Count), words));
        }
    }
}
