namespace HeteroAgent.LlamaCpp;

/// <summary>A linear classifier over sentence embeddings: labels, weights, temperature and the threshold below which a text is out of scope. A file of kilobytes.</summary>
/// <remarks>
/// <para>Probabilities are a softmax whose temperature was fitted on examples held out (Guo et al., 2017).</para>
/// <para>The in-scope score is the log-sum-exp of the scores (the energy of Liu et al., 2020) times the cosine to the nearest mean of a label's training examples. It was chosen on the validation part of CLINC150.</para>
/// <para>Made by <see cref="ClassifierTrainer"/>. Immutable, and safe for concurrent use.</para>
/// </remarks>
public sealed class ClassifierHead
{
    private readonly LinearSoftmax _classifier;

    internal ClassifierHead(IReadOnlyList<string> labels, PackedMatrix weights, float[] intercepts, PackedMatrix means, float[] probe)
    {
        Labels = labels;
        Weights = weights;
        Intercepts = intercepts;
        Means = means;
        Probe = probe;
        _classifier = new LinearSoftmax(weights.Values, intercepts, weights.Columns);
    }

    /// <summary>Gets the labels, in ordinal order.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Gets the name of the encoder that the head was trained on, as it names itself; empty where it does not.</summary>
    public string EncoderName { get; internal init; } = "";

    /// <summary>Gets the length of the encoder's vectors.</summary>
    public int Dimension => Weights.Columns;

    /// <summary>Gets the temperature that the scores are divided by, above 0; 1 where there were too few examples to fit it.</summary>
    public double Temperature { get; internal init; } = 1;

    /// <summary>Gets the in-scope score that a text must reach; <see cref="double.NegativeInfinity"/> where nothing is refused.</summary>
    public double InScopeThreshold { get; internal init; } = double.NegativeInfinity;

    /// <summary>Gets C, the inverse strength of the penalty of the fit.</summary>
    public double InversePenalty { get; internal init; }

    /// <summary>Gets the number of training examples.</summary>
    public int ExampleCount { get; internal init; }

    /// <summary>Gets what was measured on examples held out, or <see langword="null"/> where there were too few.</summary>
    public ClassifierHeldOut? HeldOut { get; internal init; }

    internal PackedMatrix Weights { get; }

    internal float[] Intercepts { get; }

    /// <summary>The unit mean of each label's training vectors.</summary>
    internal PackedMatrix Means { get; }

    /// <summary>The encoder's vector of <see cref="EncoderProbe.Text"/>.</summary>
    internal float[] Probe { get; }

    internal string? Path { get; init; }

    /// <summary>Reads a head from a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The head.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="ClassifierHeadException">The file is no head, cut, damaged, or of another version.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static async Task<ClassifierHead> LoadAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string full = System.IO.Path.GetFullPath(path);
        FileStream stream = new(full, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, useAsync: true);
        await using (stream.ConfigureAwait(false))
        {
            return await ClassifierHeadFile.ReadAsync(stream, full, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes the head to a file: beside it first, then flushed and renamed, so that a file that was there is replaced whole or not at all.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="cancellationToken">Ends the writing; the file is as it was then.</param>
    /// <returns>The size of the file in bytes.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public Task<long> SaveAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return ClassifierHeadFile.WriteAsync(this, System.IO.Path.GetFullPath(path), cancellationToken);
    }

    /// <summary>Classifies a vector of length 1.</summary>
    internal Classification Classify(string text, ReadOnlySpan<float> vector, int inputTokens)
    {
        float[] scores = _classifier.Score(vector);
        double[] probabilities = Softmax.Probabilities(scores, Temperature);
        int[] order = [.. Enumerable.Range(0, scores.Length).OrderByDescending(c => probabilities[c])];
        LabelProbability[] ranked = [.. order.Select(c => new LabelProbability(Labels[c], probabilities[c]))];
        return new Classification(text, ranked, InScope.Score(scores, vector, Means.Values), InScopeThreshold, inputTokens);
    }
}
