using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>Trains a <see cref="ClassifierHead"/>: a multinomial logistic regression over an encoder's sentence embeddings, in seconds.</summary>
/// <remarks>
/// <para>The encoder is not changed. The fit minimises the penalised cross-entropy by the limited-memory BFGS method, and gives the same head for the same vectors and seed, whatever the number of threads.</para>
/// <para>Temperature and threshold are chosen on examples held out. Examples of one text are held out together; a label with one text only is always fitted on, and where no label has two, the temperature stays 1 and nothing is refused.</para>
/// <para>Thread-safe.</para>
/// </remarks>
public static class ClassifierTrainer
{
    /// <summary>Trains a head on a set: the text is an example's request, the label its answer.</summary>
    /// <param name="set">The examples, of at least two labels.</param>
    /// <param name="encoder">Gives the vectors; it stays the caller's. It must be the one that the head is used with.</param>
    /// <param name="options">How to train; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Ends the training.</param>
    /// <returns>The head.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An answer is a call, or there are fewer than two labels.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ContextOverflowException">A text is longer than the encoder reads.</exception>
    /// <exception cref="InvalidOperationException">The encoder gave something other than one finite vector a text.</exception>
    public static Task<ClassifierHead> TrainAsync(TuningSet set, IEmbeddingGenerator<string, Embedding<float>> encoder, ClassifierTrainingOptions? options = null, IProgress<TuningProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        return TrainAsync(LabelledTexts.Of(set, nameof(set)), encoder, options, progress, cancellationToken);
    }

    /// <summary>Trains a head.</summary>
    /// <param name="examples">Texts with their labels: at least two labels. An empty text is an example like any other.</param>
    /// <param name="encoder">Gives the vectors; it stays the caller's. It must be the one that the head is used with.</param>
    /// <param name="options">How to train; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Ends the training.</param>
    /// <returns>The head.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">There are fewer than two labels, or a text or label is <see langword="null"/>, or a label is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ContextOverflowException">A text is longer than the encoder reads.</exception>
    /// <exception cref="InvalidOperationException">The encoder gave something other than one finite vector a text.</exception>
    public static Task<ClassifierHead> TrainAsync(IReadOnlyList<(string Text, string Label)> examples, IEmbeddingGenerator<string, Embedding<float>> encoder, ClassifierTrainingOptions? options = null, IProgress<TuningProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentNullException.ThrowIfNull(encoder);
        ClassifierTrainingOptions validated = (options ?? new()).Validated();
        for (int i = 0; i < examples.Count; i++)
        {
            if (examples[i].Text is null || string.IsNullOrWhiteSpace(examples[i].Label))
            {
                throw new ArgumentException($"The example at index {i} has {(examples[i].Text is null ? "no text" : $"the label '{examples[i].Label}'")}; a text and a label that is not empty were expected.", nameof(examples));
            }
        }

        string[] labels = [.. examples.Select(static e => e.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return labels.Length < 2
            ? throw new ArgumentException($"The {examples.Count} examples have {(labels.Length == 0 ? "no label" : $"one label, '{labels[0]}'")}; at least two labels were expected.", nameof(examples))
            : Train(examples, labels, encoder, validated, progress, cancellationToken);
    }

    private static async Task<ClassifierHead> Train(IReadOnlyList<(string Text, string Label)> examples, string[] labels, IEmbeddingGenerator<string, Embedding<float>> encoder, ClassifierTrainingOptions options, IProgress<TuningProgress>? progress, CancellationToken cancellationToken)
    {
        FitProgress reported = new(progress, examples.Count + options.OutOfScope.Count);
        string[] texts = [.. examples.Select(static e => e.Text)];
        float[] probe = await EncoderProbe.TakeAsync(encoder, cancellationToken).ConfigureAwait(false);
        EncodedTexts vectors = await EncodedTexts.EncodeAsync(encoder, texts, reported.Read, cancellationToken).ConfigureAwait(false);
        EncodedTexts outOfScope = await EncodedTexts.EncodeAsync(encoder, options.OutOfScope, (done, tokens) => reported.Read(texts.Length + done, vectors.Tokens + tokens), cancellationToken).ConfigureAwait(false);
        Dictionary<string, int> classes = labels.Select(static (label, at) => (label, at)).ToDictionary(static l => l.label, static l => l.at, StringComparer.Ordinal);
        ClassifierExamples rows = new(vectors.Vectors, [.. examples.Select(e => classes[e.Label])], vectors.Dimension, labels.Length);
        ClassifierFit fit = new(texts, rows, outOfScope, options, cancellationToken) { OnStep = reported.Step, OnFit = reported.Fitted };
        ClassifierHead head = await Task.Run(() => fit.Run(labels, EncoderName.Of(encoder), probe), cancellationToken).ConfigureAwait(false);
        head.EncoderPath = (encoder.GetService(typeof(LlamaModel)) as LlamaModel)?.Path ?? "";
        return head;
    }
}
