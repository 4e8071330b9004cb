using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace HeteroAgent;

/// <summary>What other data taught about right and wrong answers to questions that are reckoned out: which operations a question calls for, and how wrong solutions of other models look.</summary>
/// <remarks>
/// <para>Three parts: a model of single operations, trained to tell those of worked solutions from corrupted ones; a guess of the solution's shape from the question; and boosted trees over readable features and the
/// outcome of the first two, trained on labelled answers of other models.</para>
/// <para>No question is scored by trees that have seen it: questions fall into a few parts by a hash of their text, and each part has trees that were grown without it. So a log of the very questions that the labelled
/// answers were about is still measured honestly. The worked solutions must be of other questions than those that are measured.</para>
/// <para>It looks at the texts without any marks of a data set. Immutable, and safe for concurrent use.</para>
/// </remarks>
public sealed class AnswerPrior
{
    private const int Seed = 1;
    private const uint Mark = 0x31504148; // "HAP1"

    private static readonly GradientBoostedTreesOptions Grow = new() { Trees = 200, Leaves = 8, LearningRate = 0.05, FeatureFraction = 0.3, MinLeafRows = 10, L2 = 5, Seed = Seed };

    private readonly ChainModel _chain;
    private readonly QuestionShape _shape;
    private readonly GradientBoostedTrees[] _parts;

    private AnswerPrior(ChainModel chain, QuestionShape shape, GradientBoostedTrees[] parts)
    {
        _chain = chain;
        _shape = shape;
        _parts = parts;
    }

    /// <summary>Gets the number of parts into which the questions fall.</summary>
    public int Parts => _parts.Length;

    /// <summary>Trains a prior. It takes about a minute on some thousands of solutions.</summary>
    /// <param name="solutions">Questions with worked, right solutions.</param>
    /// <param name="answers">Questions, answers of other models, and whether they were correct.</param>
    /// <param name="parts">The number of parts into which the questions of the answers fall, from 2 to 20.</param>
    /// <param name="cancellationToken">Cancels between trees.</param>
    /// <returns>The prior.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">There is no solution.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="parts"/> is out of its range.</exception>
    /// <exception cref="InsufficientLabelsException">Without some part, no right or no wrong answer is left.</exception>
    public static AnswerPrior Train(
        IReadOnlyList<(string Question, string Solution)> solutions, IReadOnlyList<(string Question, string Answer, bool IsCorrect)> answers, int parts = 5, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(solutions);
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parts, 20);
        if (solutions.Count == 0)
        {
            throw new ArgumentException("There is no worked solution to learn operations from.", nameof(solutions));
        }

        AnswerText[] worked = [.. solutions.Select(s => new AnswerText(s.Question, s.Solution))];
        ChainModel chain = ChainModel.Train([.. worked.Select(Chain)], Seed, cancellationToken);
        QuestionShape shape = QuestionShape.Train(worked, Seed, cancellationToken);
        AnswerPrior features = new(chain, shape, []);
        double[][] rows = [.. answers.Select(a => AnswerFeatures.Compute(new AnswerText(a.Question, a.Answer), features).ToArray())];
        int[] partOf = [.. answers.Select(a => PartOf(a.Question, parts))];
        GradientBoostedTrees[] trees = new GradientBoostedTrees[parts];
        for (int part = 0; part < parts; part++)
        {
            int[] others = [.. Enumerable.Range(0, rows.Length).Where(i => partOf[i] != part)];
            int wrong = others.Count(i => !answers[i].IsCorrect);
            if (wrong == 0 || wrong == others.Length)
            {
                throw new InsufficientLabelsException($"Without part {part} of {parts}, {wrong} of {others.Length} answers are wrong; right and wrong ones are needed.", 2, others.Length);
            }

            trees[part] = GradientBoostedTrees.Train(
                [.. others.SelectMany(i => rows[i]).Select(v => (float)v)], rows[0].Length, [.. others.Select(i => answers[i].IsCorrect ? 0f : 1f)], default, Grow, cancellationToken);
        }

        return new AnswerPrior(chain, shape, trees);
    }

    /// <summary>Reads a prior that <see cref="Save"/> wrote.</summary>
    /// <param name="stream">The stream.</param>
    /// <returns>The prior.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    /// <exception cref="FormatException">The stream holds no prior, a damaged one, or one for other features than this version computes.</exception>
    public static AnswerPrior Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            using BinaryReader reader = new(stream, Encoding.UTF8, leaveOpen: true);
            if (reader.ReadUInt32() != Mark)
            {
                throw new FormatException("The file is not an answer prior.");
            }

            int parts = reader.ReadInt32();
            if (parts is < 2 or > 20)
            {
                throw new FormatException($"The answer prior is damaged: it names {parts} parts.");
            }

            ChainModel chain = ChainModel.Read(reader);
            QuestionShape shape = QuestionShape.Read(stream);
            AnswerPrior prior = new(chain, shape, [.. Enumerable.Range(0, parts).Select(_ => GradientBoostedTrees.Load(stream))]);
            int features = AnswerFeatures.Compute(new AnswerText("", ""), prior).Names.Count;
            return Array.TrueForAll(prior._parts, p => p.FeatureCount == features)
                ? prior
                : throw new FormatException($"The answer prior was trained on {prior._parts[0].FeatureCount} features; this version computes {features}.");
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException or ArgumentException)
        {
            throw new FormatException($"The answer prior is damaged: {e.Message}", e);
        }
    }

    /// <summary>Writes the prior.</summary>
    /// <param name="stream">The stream; it stays open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using (BinaryWriter writer = new(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Mark);
            writer.Write(_parts.Length);
            _chain.Write(writer);
        }

        _shape.Write(stream);
        foreach (GradientBoostedTrees trees in _parts)
        {
            trees.Save(stream);
        }
    }

    /// <summary>Returns the log-odds that an answer is wrong, by trees that have not seen its question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="answer">The answer.</param>
    /// <returns>A finite number; above 0 where a wrong answer is the likelier.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public double LogOddsWrong(string question, string answer)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(answer);
        AnswerText text = new(question, answer);
        return LogOddsWrong(text, AnswerFeatures.Compute(text, this));
    }

    internal double LogOddsWrong(AnswerText text, FeatureList features) => _parts[PartOf(text.Question, _parts.Length)].PredictMargin([.. features.ToArray().Select(v => (float)v)]);

    /// <summary>Adds what the chain and the shape say about an answer.</summary>
    internal void AddFeatures(FeatureList list, AnswerText text)
    {
        (QuestionContext question, List<ChainStep> steps) = Chain(text);
        double[] scores = [.. steps.Select(s => _chain.Score(question, s))];
        list.Add("chain_least", scores.Length == 0 ? double.NaN : scores.Min());
        list.Add("chain_mean", scores.Length == 0 ? double.NaN : scores.Average());
        list.Add("chain_loss", scores.Length == 0 ? double.NaN : scores.Sum(s => -Math.Log(Logistic.Probability(s) + 1e-12)));
        list.Add("chain_last", scores.Length == 0 ? double.NaN : scores[^1]);
        list.Add("chain_doubtful", scores.Count(s => s < 0));
        _shape.AddFeatures(list, text);
    }

    private static (QuestionContext Question, List<ChainStep> Steps) Chain(AnswerText text)
    {
        QuestionContext question = new(text);
        return (question, ChainStep.Read(question, text.Equations));
    }

    // White space and case do not make another question of one.
    private static int PartOf(string question, int parts)
    {
        string normal = string.Join(' ', question.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToUpperInvariant();
        return (int)(BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(normal))) % (uint)parts);
    }
}
