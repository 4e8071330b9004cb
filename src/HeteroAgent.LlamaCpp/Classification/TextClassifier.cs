using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>One or more <see cref="ClassifierHead"/>s on one encoder: a text is read once, whatever the number of heads.</summary>
/// <remarks>Safe for any number of threads; texts that wait together are read together. Disposing it disposes the encoder only where <see cref="LoadAsync"/> loaded it.</remarks>
public sealed class TextClassifier : IDisposable
{
    private readonly IEmbeddingGenerator<string, Embedding<float>> _encoder;
    private readonly LlamaModel? _owned;
    private volatile bool _disposed;

    private TextClassifier(IEmbeddingGenerator<string, Embedding<float>> encoder, IReadOnlyList<ClassifierHead> heads, LlamaModel? owned)
    {
        _encoder = encoder;
        _owned = owned;
        Heads = heads;
        EncoderName = HeteroAgent.LlamaCpp.EncoderName.Of(encoder);
    }

    /// <summary>Gets the heads.</summary>
    public IReadOnlyList<ClassifierHead> Heads { get; }

    /// <summary>Gets the encoder's name; empty where it has none.</summary>
    public string EncoderName { get; }

    /// <summary>Puts heads on an encoder, and checks that they were trained on it.</summary>
    /// <param name="encoder">The encoder, which stays the caller's.</param>
    /// <param name="heads">The heads, at least one.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>The classifier.</returns>
    /// <exception cref="ArgumentException">There is no head, or one is <see langword="null"/>.</exception>
    /// <exception cref="ClassifierHeadException">A head was trained on another encoder.</exception>
    public static async Task<TextClassifier> CreateAsync(IEmbeddingGenerator<string, Embedding<float>> encoder, IReadOnlyList<ClassifierHead> heads, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(heads);
        return await CreateAsync(encoder, heads, owned: null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Loads an encoder and heads from files. A text longer than the encoder reads is classified by its beginning.</summary>
    /// <param name="encoder">The encoder's GGUF file, for example all-MiniLM-L6-v2.</param>
    /// <param name="heads">The heads' files, at least one.</param>
    /// <param name="cancellationToken">Ends the loading.</param>
    /// <returns>The classifier, to be disposed by the caller; it owns the encoder.</returns>
    /// <exception cref="ArgumentException">There is no head.</exception>
    /// <exception cref="FileNotFoundException">A file does not exist.</exception>
    /// <exception cref="GgufException">The encoder's file is damaged.</exception>
    /// <exception cref="ClassifierHeadException">A head is damaged, or was trained on another encoder.</exception>
    /// <exception cref="LlamaModelException">The native library refused the encoder.</exception>
    /// <exception cref="LlamaRuntimeException">The native library could not be loaded.</exception>
    public static async Task<TextClassifier> LoadAsync(string encoder, IReadOnlyList<string> heads, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(heads);
        List<ClassifierHead> loaded = [];
        foreach (string head in heads)
        {
            loaded.Add(await ClassifierHead.LoadAsync(head, cancellationToken).ConfigureAwait(false));
        }

        LlamaModel model = await LlamaModel.LoadAsync(encoder, cancellationToken: cancellationToken).ConfigureAwait(false);
        try
        {
            return await CreateAsync(model.AsIEmbeddingGenerator(new LlamaEmbeddingOptions { Truncate = true }), loaded, model, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Classifies a text by the first head.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The labels with their probabilities.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="ContextOverflowException">The text is longer than the encoder reads.</exception>
    /// <exception cref="ObjectDisposedException">The classifier or its encoder is disposed.</exception>
    public async Task<Classification> ClassifyAsync(string text, CancellationToken cancellationToken = default) =>
        (await ClassifyAllAsync(text, cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Classifies many texts by the first head.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>One result a text, in their order.</returns>
    /// <exception cref="ArgumentException">A text is <see langword="null"/>.</exception>
    /// <exception cref="ContextOverflowException">A text is longer than the encoder reads.</exception>
    /// <exception cref="ObjectDisposedException">The classifier or its encoder is disposed.</exception>
    public async Task<IReadOnlyList<Classification>> ClassifyAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ObjectDisposedException.ThrowIf(_disposed, this);
        EncodedTexts vectors = await EncodedTexts.EncodeAsync(_encoder, texts, onBatch: null, cancellationToken).ConfigureAwait(false);
        int tokens = texts.Count == 0 ? 0 : (int)(vectors.Tokens / texts.Count);
        return [.. texts.Select((text, i) => Heads[0].Classify(text, vectors.Vector(i), tokens))];
    }

    /// <summary>Classifies a text by every head, in one pass of the encoder.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>One result a head, in the order of <see cref="Heads"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="ContextOverflowException">The text is longer than the encoder reads.</exception>
    /// <exception cref="ObjectDisposedException">The classifier or its encoder is disposed.</exception>
    public async Task<IReadOnlyList<Classification>> ClassifyAllAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ObjectDisposedException.ThrowIf(_disposed, this);
        EncodedTexts vector = await EncodedTexts.EncodeAsync(_encoder, [text], onBatch: null, cancellationToken).ConfigureAwait(false);
        return [.. Heads.Select(h => h.Classify(text, vector.Vectors, (int)vector.Tokens))];
    }

    /// <summary>Makes a chat client that answers with the label of the first head. Clients are light and do not own the classifier.</summary>
    /// <returns>The client.</returns>
    public IChatClient AsIChatClient() => new ClassifyingChatClient(this);

    /// <summary>Makes a chat client that answers with the label of a head. Clients are light and do not own the classifier.</summary>
    /// <param name="head">One of <see cref="Heads"/>.</param>
    /// <returns>The client.</returns>
    /// <exception cref="ArgumentException">The head is not one of this classifier.</exception>
    public IChatClient AsIChatClient(ClassifierHead head) => new ClassifyingChatClient(this, head);

    /// <summary>Refuses later texts, and disposes the encoder where <see cref="LoadAsync"/> loaded it.</summary>
    public void Dispose()
    {
        _disposed = true;
        _owned?.Dispose();
    }

    private static async Task<TextClassifier> CreateAsync(IEmbeddingGenerator<string, Embedding<float>> encoder, IReadOnlyList<ClassifierHead> heads, LlamaModel? owned, CancellationToken cancellationToken)
    {
        if (heads.Count == 0 || heads.Any(static h => h is null))
        {
            throw new ArgumentException("There is no head, or one is null; at least one was expected.", nameof(heads));
        }

        float[] probe = await EncoderProbe.TakeAsync(encoder, cancellationToken).ConfigureAwait(false);
        TextClassifier classifier = new(encoder, [.. heads], owned);
        foreach (ClassifierHead head in heads)
        {
            EncoderProbe.Check(head, probe, classifier.EncoderName);
        }

        return classifier;
    }
}
