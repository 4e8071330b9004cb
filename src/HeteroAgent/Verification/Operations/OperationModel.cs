namespace HeteroAgent;

/// <summary>How plausible an operation on two quantities is, given the words around them: a log-linear model over hashed words, fitted on worked solutions.</summary>
/// <remarks>
/// Three conditional models share one table of weights: which two quantities are used next, which operation joins two given quantities, and which operation the words of the step announce.
/// Words are hashed into the table (Weinberger et al., Feature Hashing for Large Scale Multitask Learning, ICML 2009).
/// </remarks>
internal sealed class OperationModel
{
    public const int Buckets = 1 << 16;
    public const int SignCount = 4;
    private const string Signs = "+-*/";
    private const float Scale = 32;
    private const int WordsWindow = 14;

    private static readonly Lazy<OperationModel> Shipped = new(ReadShipped);
    private readonly float[] _weights;

    public OperationModel(float[] weights) => _weights = weights;

    /// <summary>The model that stands in this assembly.</summary>
    public static OperationModel Default => Shipped.Value;

    /// <summary>Writes the weights as bytes, 32 steps a unit.</summary>
    public byte[] ToBytes() => Array.ConvertAll(_weights, static w => unchecked((byte)(sbyte)Math.Clamp(MathF.Round(w * Scale), -127, 127)));

    public static OperationModel FromBytes(byte[] bytes) => new(Array.ConvertAll(bytes, static b => unchecked((sbyte)b) / Scale));

    private static OperationModel ReadShipped()
    {
        using Stream stream = typeof(OperationModel).Assembly.GetManifestResourceStream("HeteroAgent.operations.bin")
            ?? throw new InvalidOperationException("The resource HeteroAgent.operations.bin is missing from this assembly.");
        byte[] bytes = new byte[Buckets];
        stream.ReadExactly(bytes);
        return FromBytes(bytes);
    }

    /// <summary>The log-probability of each operation, + - * /, on two quantities.</summary>
    public void GivenPair(WordedQuantity left, WordedQuantity right, Span<double> logs)
    {
        var keys = new List<uint>(64);
        PairKeys(left, right, keys);
        Softmax(keys, 1, logs);
    }

    /// <summary>The log-probability of each operation, + - * /, given the words of the step before it is written.</summary>
    public void GivenWords(IReadOnlyList<string> words, Span<double> logs)
    {
        var keys = new List<uint>(64);
        WordKeys(words, keys);
        Softmax(keys, 2, logs);
    }

    /// <summary>The score of using two quantities together next; a softmax over all pairs gives a probability.</summary>
    public double PairScore(WordedQuantity left, WordedQuantity right, int step)
    {
        var keys = new List<uint>(64);
        ChoiceKeys(left, right, step, keys);
        double sum = 0;
        foreach (uint key in keys)
        {
            sum += _weights[Bucket(key, 3, 0)];
        }

        return sum;
    }

    /// <summary>The log-probability of using these two quantities next, among all pairs of the known ones, and the rank of the pair.</summary>
    public (double Log, int Rank) ChoiceOf(IReadOnlyList<WordedQuantity> known, WordedQuantity left, WordedQuantity right, int step, int most)
    {
        var scores = new List<(double Score, bool Chosen)>();
        for (int i = 0; i < known.Count && scores.Count < most; i++)
        {
            for (int j = i + 1; j < known.Count && scores.Count < most; j++)
            {
                bool chosen = IsPair(known[i], known[j], left, right);
                scores.Add((PairScore(known[i], known[j], step), chosen));
            }
        }

        double max = double.NegativeInfinity, best = double.NegativeInfinity;
        foreach ((double score, bool chosen) in scores)
        {
            max = Math.Max(max, score);
            best = chosen ? Math.Max(best, score) : best;
        }

        if (double.IsNegativeInfinity(best))
        {
            return (double.NaN, 0);
        }

        double total = 0, mine = 0;
        int rank = 1;
        foreach ((double score, bool chosen) in scores)
        {
            double e = Math.Exp(score - max);
            total += e;
            mine += chosen ? e : 0;
            rank += score > best ? 1 : 0;
        }

        return (Math.Log(mine / total), rank);
    }

    /// <summary>The words of a step before an operation.</summary>
    public static List<string> WordsBefore(List<MathToken> tokens, int place)
    {
        var words = new List<string>();
        for (int i = Math.Max(0, place - WordsWindow); i < place; i++)
        {
            if (tokens[i].Kind == TokenKind.Word)
            {
                words.Add(tokens[i].Text);
            }
        }

        return words;
    }

    public static int SignIndex(char sign) => Signs.IndexOf(sign, StringComparison.Ordinal);

    public void LearnPair(WordedQuantity left, WordedQuantity right, char sign, float rate, float[] squares)
    {
        var keys = new List<uint>(64);
        PairKeys(left, right, keys);
        Learn(keys, 1, SignIndex(sign), rate, squares);
    }

    public void LearnWords(IReadOnlyList<string> words, char sign, float rate, float[] squares)
    {
        var keys = new List<uint>(64);
        WordKeys(words, keys);
        Learn(keys, 2, SignIndex(sign), rate, squares);
    }

    public void LearnChoice(IReadOnlyList<WordedQuantity> known, WordedQuantity left, WordedQuantity right, int step, int most, float rate, float[] squares)
    {
        var pairs = new List<(List<uint> Keys, bool Chosen, double Score)>();
        double max = double.NegativeInfinity;
        for (int i = 0; i < known.Count && pairs.Count < most; i++)
        {
            for (int j = i + 1; j < known.Count && pairs.Count < most; j++)
            {
                var keys = new List<uint>(64);
                ChoiceKeys(known[i], known[j], step, keys);
                double score = 0;
                foreach (uint key in keys)
                {
                    score += _weights[Bucket(key, 3, 0)];
                }

                pairs.Add((keys, IsPair(known[i], known[j], left, right), score));
                max = Math.Max(max, score);
            }
        }

        double total = 0, gold = 0;
        foreach ((List<uint> _, bool chosen, double score) in pairs)
        {
            total += Math.Exp(score - max);
            gold += chosen ? Math.Exp(score - max) : 0;
        }

        if (gold == 0)
        {
            return;
        }

        foreach ((List<uint> keys, bool chosen, double score) in pairs)
        {
            double e = Math.Exp(score - max);
            float gradient = (float)((e / total) - (chosen ? e / gold : 0));
            foreach (uint key in keys)
            {
                Step(Bucket(key, 3, 0), gradient, rate, squares);
            }
        }
    }

    private static bool IsPair(WordedQuantity a, WordedQuantity b, WordedQuantity left, WordedQuantity right) =>
        (a.Value == left.Value && b.Value == right.Value) || (a.Value == right.Value && b.Value == left.Value);

    private void Learn(List<uint> keys, int model, int chosen, float rate, float[] squares)
    {
        Span<double> logs = stackalloc double[4];
        Softmax(keys, model, logs);
        for (int o = 0; o < 4; o++)
        {
            float gradient = (float)(Math.Exp(logs[o]) - (o == chosen ? 1 : 0));
            foreach (uint key in keys)
            {
                Step(Bucket(key, model, o), gradient, rate, squares);
            }
        }
    }

    private void Step(int at, float gradient, float rate, float[] squares)
    {
        gradient += 2e-5f * _weights[at];
        squares[at] += gradient * gradient;
        _weights[at] -= rate * gradient / MathF.Sqrt(squares[at] + 1e-8f);
    }

    private void Softmax(List<uint> keys, int model, Span<double> logs)
    {
        double max = double.NegativeInfinity;
        for (int o = 0; o < 4; o++)
        {
            double sum = 0;
            foreach (uint key in keys)
            {
                sum += _weights[Bucket(key, model, o)];
            }

            logs[o] = sum;
            max = Math.Max(max, sum);
        }

        double total = 0;
        for (int o = 0; o < 4; o++)
        {
            total += Math.Exp(logs[o] - max);
        }

        for (int o = 0; o < 4; o++)
        {
            logs[o] -= max + Math.Log(total);
        }
    }

    private static void PairKeys(WordedQuantity left, WordedQuantity right, List<uint> keys)
    {
        keys.Add(Hash("bias"));
        keys.Add(Hash("units", left.Unit, right.Unit));
        keys.Add(Hash("same", left.Unit == right.Unit ? "1" : "0", left.Unit.Length == 0 || right.Unit.Length == 0 ? "?" : "!"));
        keys.Add(Hash("size", Size(left.Value), Size(right.Value)));
        keys.Add(Hash("order", left.Value.CompareTo(right.Value) < 0 ? "<" : ">"));
        keys.Add(Hash("from", left.Step < 0 ? "q" : "s", right.Step < 0 ? "q" : "s"));
        keys.Add(Hash("sentence", left.Step < 0 && right.Step < 0 ? Math.Clamp(right.Sentence - left.Sentence, -3, 3).ToString(System.Globalization.CultureInfo.InvariantCulture) : "-"));
        foreach (WordedQuantity q in (WordedQuantity[])[left, right])
        {
            string side = ReferenceEquals(q, left) ? "l" : "r";
            keys.Add(Hash(side + "unit", q.Unit));
            keys.Add(Hash(side + "size", Size(q.Value), q.Value.IsInteger ? "i" : "f"));
            for (int i = 0; i < q.Words.Count; i++)
            {
                keys.Add(Hash(side, WordedQuantityReader.Stem(q.Words[i])));
                if (i < 2)
                {
                    keys.Add(Hash(side + "near", WordedQuantityReader.Stem(q.Words[i])));
                }
            }
        }
    }

    private static void ChoiceKeys(WordedQuantity left, WordedQuantity right, int step, List<uint> keys)
    {
        keys.Add(Hash("units", left.Unit, right.Unit));
        keys.Add(Hash("same", left.Unit == right.Unit ? "1" : "0", left.Unit.Length == 0 || right.Unit.Length == 0 ? "?" : "!"));
        string a = Place(left, step), b = Place(right, step);
        keys.Add(Hash("place", a, b));
        keys.Add(Hash("used", Math.Min(left.Uses, 2) + "" + Math.Min(right.Uses, 2), a[..1] + b[..1]));
        keys.Add(Hash("sentence", left.Step < 0 && right.Step < 0 ? Math.Clamp(right.Sentence - left.Sentence, -3, 3).ToString(System.Globalization.CultureInfo.InvariantCulture) : "-", Math.Min(step, 4).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        foreach (WordedQuantity q in (WordedQuantity[])[left, right])
        {
            keys.Add(Hash("unit", q.Unit));
            keys.Add(Hash("size", Size(q.Value), Math.Min(q.Uses, 2).ToString(System.Globalization.CultureInfo.InvariantCulture)));
            for (int i = 0; i < Math.Min(q.Words.Count, 6); i++)
            {
                keys.Add(Hash("w", WordedQuantityReader.Stem(q.Words[i])));
            }
        }

        int shared = left.Words.Count(w => right.Words.Contains(w));
        keys.Add(Hash("shared", Math.Min(shared, 4).ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    private static string Place(WordedQuantity q, int step) => q.Step < 0 ? "q" + Math.Min(q.Sentence, 4) : "s" + Math.Clamp(step - q.Step, 0, 3);

    private static void WordKeys(IReadOnlyList<string> words, List<uint> keys)
    {
        keys.Add(Hash("bias"));
        string before = "^";
        foreach (string word in words)
        {
            string stem = WordedQuantityReader.Stem(word);
            keys.Add(Hash("s", stem));
            keys.Add(Hash("b", before, stem));
            before = stem;
        }
    }

    private static string Size(Rational value)
    {
        double v = value.ToDouble();
        return v < 0 ? "-" : v == 0 ? "0" : v < 1 ? "p" : v == 1 ? "1" : v <= 3 ? "3" : v <= 12 ? "12" : v <= 100 ? "100" : v <= 1000 ? "1k" : "big";
    }

    private static int Bucket(uint key, int model, int operation)
    {
        uint h = (key ^ (uint)((model * 4) + operation)) * 0x9E3779B1u;
        h ^= h >> 15;
        h *= 0x85EBCA77u;
        return (int)(h >> 16);
    }

    private static uint Hash(string a, string b = "", string c = "")
    {
        uint h = 2166136261;
        foreach (char x in a)
        {
            h = (h ^ x) * 16777619;
        }

        h = (h ^ 0x1F) * 16777619;
        foreach (char x in b)
        {
            h = (h ^ x) * 16777619;
        }

        h = (h ^ 0x1F) * 16777619;
        foreach (char x in c)
        {
            h = (h ^ x) * 16777619;
        }

        return h;
    }
}
