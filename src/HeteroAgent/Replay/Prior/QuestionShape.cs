namespace HeteroAgent;

/// <summary>What a right solution of a question looks like, guessed from the question alone: how many steps, sums, differences and operations, and how many of the question's numbers it uses.</summary>
internal sealed class QuestionShape
{
    private const int WordBuckets = 384;
    private const int GoalBuckets = 128;
    private static readonly string[] Names = ["steps", "sums", "differences", "operations", "numbers_used"];

    private readonly GradientBoostedTrees[] _trees;

    private QuestionShape(GradientBoostedTrees[] trees) => _trees = trees;

    internal static QuestionShape Train(IReadOnlyList<AnswerText> solutions, int seed, CancellationToken cancellationToken)
    {
        float[][] rows = [.. solutions.Select(Describe)];
        double[][] shapes = [.. solutions.Select(Measure)];
        GradientBoostedTreesOptions options = new() { Trees = 120, Leaves = 8, LearningRate = 0.1, FeatureFraction = 0.2, RowFraction = 0.6, MinLeafRows = 15, Bins = 16, Seed = seed };
        GradientBoostedTrees[] trees = new GradientBoostedTrees[Names.Length];
        for (int t = 0; t < trees.Length; t++)
        {
            int[] known = [.. Enumerable.Range(0, rows.Length).Where(i => !double.IsNaN(shapes[i][t]))];
            trees[t] = GradientBoostedTrees.Train([.. known.SelectMany(i => rows[i])], rows[0].Length, [.. known.Select(i => (float)shapes[i][t])], default, options, cancellationToken);
        }

        return new QuestionShape(trees);
    }

    internal static QuestionShape Read(Stream stream) => new([.. Names.Select(_ => GradientBoostedTrees.Load(stream))]);

    internal void Write(Stream stream)
    {
        foreach (GradientBoostedTrees trees in _trees)
        {
            trees.Save(stream);
        }
    }

    /// <summary>Adds for each trait what is expected, and how far the answer is from it.</summary>
    internal void AddFeatures(FeatureList list, AnswerText text)
    {
        double[] measured = Measure(text);
        float[] row = Describe(text);
        for (int t = 0; t < Names.Length; t++)
        {
            double expected = _trees[t].Predict(row);
            list.Add($"expected_{Names[t]}", expected);
            list.Add($"beyond_expected_{Names[t]}", measured[t] - expected);
            list.Add($"off_expected_{Names[t]}", Math.Abs(measured[t] - expected));
        }
    }

    // Counts are scaled to [0, 1], where the trees learn a mean from soft labels.
    private static double[] Measure(AnswerText text)
    {
        List<TextEquation> equations = text.Equations;
        double[] asked = [.. text.QuestionNumbers.Select(n => n.Value).Distinct()];
        HashSet<double> used = [.. equations.SelectMany(e => e.Operands)];
        return
        [
            Math.Min(1, equations.Count / 8.0),
            Math.Min(1, equations.Sum(e => e.Operations.Count(o => o == '+')) / 6.0),
            Math.Min(1, equations.Sum(e => e.Operations.Count(o => o == '-')) / 6.0),
            Math.Min(1, equations.Sum(e => e.Operations.Length) / 12.0),
            asked.Length == 0 ? double.NaN : (double)asked.Count(n => used.Contains(n) || used.Contains(n / 100)) / asked.Length,
        ];
    }

    private static float[] Describe(AnswerText text)
    {
        string question = text.Question;
        double[] values = [.. text.QuestionNumbers.Select(n => n.Value)];
        double[] named = [.. TextNumber.FindWords(text.QuestionWords)];
        double[] descending = [.. values.OrderDescending()];
        static double Size(double value) => Math.Log10(1 + Math.Abs(value));
        double[] plain =
        [
            text.QuestionWords.Length,
            text.QuestionSentences.Length,
            values.Length,
            values.Distinct().Count(),
            text.QuestionNumbers.Count(n => n.IsPercent),
            named.Length,
            named.Count(v => v == 0.5),
            named.Count(v => v == 2),
            text.QuestionNumbers.Count(n => n.Start > 0 && question[n.Start - 1] == '$'),
            values.Length == 0 ? double.NaN : Size(descending[0]),
            values.Length == 0 ? double.NaN : Size(descending[^1]),
            values.Length == 0 ? double.NaN : values.Sum(Size),
            values.Length < 2 ? double.NaN : Size(descending[1]),
            values.Length == 0 ? double.NaN : Size(values[0]),
            values.Length == 0 ? double.NaN : Size(values[^1]),
            values.Count(v => v != Math.Floor(v)),
            question.Contains("how many", StringComparison.OrdinalIgnoreCase) ? 1 : 0,
            question.Contains("how much", StringComparison.OrdinalIgnoreCase) ? 1 : 0,
        ];
        float[] row = new float[plain.Length + WordBuckets + GoalBuckets];
        for (int i = 0; i < plain.Length; i++)
        {
            row[i] = (float)plain[i];
        }

        foreach (string word in text.QuestionWords)
        {
            row[plain.Length + (int)(Hash(word) % WordBuckets)]++;
        }

        foreach (string word in text.QuestionSentences.Length == 0 ? [] : AnswerText.WordsOf(text.QuestionSentences[^1]))
        {
            row[plain.Length + WordBuckets + (int)(Hash(word) % GoalBuckets)]++;
        }

        return row;
    }

    private static uint Hash(string word)
    {
        uint hash = 2166136261;
        foreach (char c in word)
        {
            hash = (hash ^ c) * 16777619;
        }

        return hash ^ (hash >> 15);
    }
}
