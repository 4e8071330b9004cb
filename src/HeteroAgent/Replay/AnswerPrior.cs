using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace HeteroAgent;

/// <summary>What other models' answers taught about right and wrong ones: boosted trees over the same readable features, whose log-odds become one more feature of a replay.</summary>
/// <remarks>
/// <para>Every question belongs to one of a few parts, by a hash of its text, and for each part there are trees that were grown without it. A question is always scored by the trees that have not seen it,
/// so that a log of the very questions that the prior was trained on is still measured honestly.</para>
/// <para>It looks at the texts without the data's own marks. Immutable, and safe for concurrent use.</para>
/// </remarks>
public sealed class AnswerPrior
{
    private static readonly byte[] Magic = "HAPRIOR1"u8.ToArray();

    private readonly GradientBoostedTrees[] _parts;

    private AnswerPrior(GradientBoostedTrees[] parts) => _parts = parts;

    /// <summary>Gets the number of parts into which questions fall.</summary>
    public int Parts => _parts.Length;

    /// <summary>Trains a prior.</summary>
    /// <param name="answers">Questions, answers to them, and whether they were correct.</param>
    /// <param name="parts">The number of parts, from 2 to 20.</param>
    /// <param name="options">How the trees are grown; <see langword="null"/> for 300 small ones.</param>
    /// <param name="cancellationToken">Cancels between trees.</param>
    /// <returns>The prior.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="answers"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="parts"/> is out of its range.</exception>
    /// <exception cref="InsufficientLabelsException">Without some part, no right or no wrong answer is left.</exception>
    public static AnswerPrior Train(
        IReadOnlyList<(string Question, string Answer, bool IsCorrect)> answers, int parts = 5, GradientBoostedTreesOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parts, 20);
        double[][] rows = [.. answers.Select(a => AnswerFeatures.Compute(a.Question, a.Answer, useMarks: false).ToArray())];
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

            float[] features = [.. others.SelectMany(i => rows[i]).Select(v => (float)v)];
            trees[part] = GradientBoostedTrees.Train(
                features, rows[0].Length, [.. others.Select(i => answers[i].IsCorrect ? 0f : 1f)], default,
                options ?? new GradientBoostedTreesOptions { Trees = 300, Leaves = 8, LearningRate = 0.05, FeatureFraction = 0.3, MinLeafRows = 10, L2 = 5 }, cancellationToken);
        }

        return new AnswerPrior(trees);
    }

    /// <summary>Reads a prior that <see cref="Save"/> wrote.</summary>
    /// <param name="stream">The stream.</param>
    /// <returns>The prior.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    /// <exception cref="FormatException">The stream holds no prior, a damaged one, or one for other features than this version computes.</exception>
    public static AnswerPrior Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Span<byte> header = stackalloc byte[Magic.Length + 4];
        if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length || !header[..Magic.Length].SequenceEqual(Magic))
        {
            throw new FormatException("The file is not an answer prior.");
        }

        int parts = BinaryPrimitives.ReadInt32LittleEndian(header[Magic.Length..]);
        if (parts is < 2 or > 20)
        {
            throw new FormatException($"The answer prior is damaged: it names {parts} parts.");
        }

        GradientBoostedTrees[] trees = new GradientBoostedTrees[parts];
        int features = AnswerFeatures.Compute("", "", useMarks: false).Names.Count;
        for (int part = 0; part < parts; part++)
        {
            trees[part] = GradientBoostedTrees.Load(stream);
            if (trees[part].FeatureCount != features)
            {
                throw new FormatException($"The answer prior was trained on {trees[part].FeatureCount} features; this version computes {features}.");
            }
        }

        return new AnswerPrior(trees);
    }

    /// <summary>Writes the prior.</summary>
    /// <param name="stream">The stream.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(Magic);
        Span<byte> count = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(count, _parts.Length);
        stream.Write(count);
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
        float[] row = [.. AnswerFeatures.Compute(question, answer, useMarks: false).ToArray().Select(v => (float)v)];
        return _parts[PartOf(question, _parts.Length)].PredictMargin(row);
    }

    // White space and case do not make another question of one.
    private static int PartOf(string question, int parts)
    {
        string normal = string.Join(' ', question.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToUpperInvariant();
        return (int)(BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(normal))) % (uint)parts);
    }
}
