using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>A specialist that reads a tool call out of a request in one forward pass: it labels the request's words instead of writing an answer, so a value is always a span of the request, or one of a closed set that the model was trained for.</summary>
/// <remarks>
/// <para>Any number of models with the same tools, slots, closed sets and words can be averaged; their vocabularies may differ.</para>
/// <para>Safe for any number of threads: requests that wait together are decoded together. Disposing it ends the waiting requests with <see cref="ObjectDisposedException"/>.</para>
/// </remarks>
public sealed class ExtractiveModel : IDisposable
{
    /// <summary>Every word sees every other, so that the buffers grow with the square of this.</summary>
    private const int MostRequestTokens = 2048;

    /// <summary>The start, one word and the end.</summary>
    private const int LeastTokens = 3;
    private readonly LlamaModel[] _models;
    private readonly bool _ownsModels;
    private readonly ExtractionVocabulary[] _vocabularies;
    private readonly ExtractionScheduler _scheduler;
    private readonly int[] _allTools;

    private ExtractiveModel(LlamaModel[] models, bool ownsModels, ExtractiveModelOptions? options)
    {
        int threads = (options ?? new ExtractiveModelOptions()).ValidThreads();
        Name = options?.ModelId ?? string.Join('+', models.Select(m => m.Name));
        Schema = ExtractionSchema.Read(models[0].File, models[0].Origin);
        foreach (LlamaModel other in models.Skip(1))
        {
            if (!ExtractionSchema.Read(other.File, other.Origin).SameAs(Schema))
            {
                throw new LlamaModelException(other.Origin, $"its tools, slots, closed sets or words differ from those of {models[0].Origin}, so the two cannot be averaged.");
            }
        }

        _models = models;
        _ownsModels = ownsModels;
        _vocabularies = [.. models.Select(m => ExtractionVocabulary.Read(m.File, Schema, m.Origin))];
        _allTools = [.. Enumerable.Range(0, Schema.Tools.Count)];
        MaxRequestTokens = Math.Min(models.Min(m => m.TrainedContextLength), MostRequestTokens);
        if (Schema.Closed.Count + LeastTokens > MaxRequestTokens)
        {
            throw new LlamaModelException(models[0].Origin, $"it asks for {Schema.Closed.Count} closed slots behind every request, which leaves no room in its {MaxRequestTokens} tokens.");
        }

        _scheduler = new ExtractionScheduler(Schema, models, _vocabularies, MaxRequestTokens, threads);
        try
        {
            Array.ForEach(models, m => m.Own(() => new ExtractionSchedulers()).Add(_scheduler));
        }
        catch (ObjectDisposedException)
        {
            _scheduler.Dispose();
            throw;
        }
    }

    /// <summary>Gets the model's name, which its clients report as the model id: <see cref="ExtractiveModelOptions.ModelId"/>, else the model's own name; with several models their names joined by <c>+</c>.</summary>
    public string Name { get; }

    /// <summary>Gets the tools that the model can call, with the names of their slots.</summary>
    public IReadOnlyList<ExtractiveTool> Tools => Schema.Tools;

    /// <summary>Gets the most tokens that a request may have, start and end marks and one for each closed slot included: what the models were trained for, at most 2,048.</summary>
    public int MaxRequestTokens { get; }

    internal ExtractionSchema Schema { get; }

    /// <summary>Loads an extractive model from a GGUF file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to run it; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the loading.</param>
    /// <returns>The model, to be disposed by the caller.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="GgufException">The file is damaged.</exception>
    /// <exception cref="LlamaModelException">The file is no extractive model, or the native library refused it.</exception>
    /// <exception cref="LlamaRuntimeException">The native library could not be loaded.</exception>
    public static Task<ExtractiveModel> LoadAsync(string path, ExtractiveModelOptions? options = null, CancellationToken cancellationToken = default) =>
        LoadAsync([path], options, cancellationToken);

    /// <summary>Loads several extractive models whose probabilities are averaged.</summary>
    /// <param name="paths">The files, at least one.</param>
    /// <param name="options">How to run them; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the loading.</param>
    /// <returns>The model, to be disposed by the caller.</returns>
    /// <exception cref="ArgumentException"><paramref name="paths"/> is empty.</exception>
    /// <exception cref="FileNotFoundException">A file does not exist.</exception>
    /// <exception cref="GgufException">A file is damaged.</exception>
    /// <exception cref="LlamaModelException">A file is no extractive model, its tools differ from those of the first, or the native library refused it.</exception>
    /// <exception cref="LlamaRuntimeException">The native library could not be loaded.</exception>
    public static async Task<ExtractiveModel> LoadAsync(IReadOnlyList<string> paths, ExtractiveModelOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfZero(paths.Count, nameof(paths));
        List<LlamaModel> models = [];
        try
        {
            foreach (string path in paths)
            {
                // A model of this size is faster on the CPU than a GPU is at receiving it.
                models.Add(await LlamaModel.LoadAsync(path, new LlamaModelOptions { GpuLayers = 0 }, progress: null, cancellationToken).ConfigureAwait(false));
            }

            return new ExtractiveModel([.. models], ownsModels: true, options);
        }
        catch
        {
            models.ForEach(m => m.Dispose());
            throw;
        }
    }

    /// <summary>Makes an extractive model of models that are loaded already. They stay the caller's, and disposing one of them ends this model as well.</summary>
    /// <param name="models">The models, at least one.</param>
    /// <param name="options">How to run them; <see langword="null"/> for the defaults.</param>
    /// <returns>The model, to be disposed by the caller.</returns>
    /// <exception cref="ArgumentException"><paramref name="models"/> is empty.</exception>
    /// <exception cref="LlamaModelException">A model is not extractive, or its tools differ from those of the first.</exception>
    /// <exception cref="ObjectDisposedException">A model is disposed.</exception>
    public static ExtractiveModel FromModels(IReadOnlyList<LlamaModel> models, ExtractiveModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentOutOfRangeException.ThrowIfZero(models.Count, nameof(models));
        return new ExtractiveModel([.. models], ownsModels: false, options);
    }


    /// <summary>Makes a chat client on this model. Clients are light and do not own the model.</summary>
    /// <returns>The client.</returns>
    public IChatClient AsIChatClient() => new ExtractiveChatClient(this);

    /// <summary>Reads the call out of a request.</summary>
    /// <param name="request">The request. A request all in upper case is read as if in lower case; the values keep their case. A lone surrogate reads as U+FFFD.</param>
    /// <param name="tools">The names of the tools to choose from; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The likeliest call. It always names a tool; its confidence says how sure the model is of it.</returns>
    /// <exception cref="ArgumentException">The request is empty or holds no word, or a tool is unknown.</exception>
    /// <exception cref="ContextOverflowException">The request has more than <see cref="MaxRequestTokens"/> tokens.</exception>
    /// <exception cref="LlamaModelException">The native library failed.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Extraction> ExtractAsync(string request, IReadOnlyCollection<string>? tools = null, CancellationToken cancellationToken = default) =>
        ExtractAmongAsync(request, Numbers(tools), cancellationToken);

    /// <summary>Reads the calls out of several requests, decoded together.</summary>
    /// <param name="requests">The requests, as for the other overload.</param>
    /// <param name="tools">The names of the tools to choose from; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The calls in the order of the requests.</returns>
    /// <exception cref="ArgumentException">A request is empty or holds no word, or a tool is unknown. Nothing has been decoded then.</exception>
    /// <exception cref="ContextOverflowException">A request has more than <see cref="MaxRequestTokens"/> tokens. Nothing has been decoded then.</exception>
    /// <exception cref="LlamaModelException">The native library failed.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Extraction[]> ExtractAsync(IReadOnlyList<string> requests, IReadOnlyCollection<string>? tools = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        cancellationToken.ThrowIfCancellationRequested();
        int[] allowed = Numbers(tools);
        ExtractionRequest[] prepared = [.. requests.Select(r => Prepare(r, allowed, cancellationToken))];
        _scheduler.Submit(prepared);
        return Task.WhenAll(prepared.Select(r => r.Task));
    }

    /// <summary>Ends the waiting requests and frees the native contexts; models that <see cref="LoadAsync(string, ExtractiveModelOptions?, CancellationToken)"/> loaded are freed too.</summary>
    public void Dispose()
    {
        _scheduler.Dispose();
        if (_ownsModels)
        {
            Array.ForEach(_models, m => m.Dispose());
        }
    }

    internal Task<Extraction> ExtractAmongAsync(string request, int[] allowed, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ExtractionRequest prepared = Prepare(request, allowed, cancellationToken);
        _scheduler.Submit([prepared]);
        return prepared.Task;
    }

    internal EncodedRequest Encode(string request, int model)
    {
        string read = CaseFolding.Fold(request);
        return _vocabularies[model].Encode(read, Schema.Words.Split(read), MaxRequestTokens, _models[model].Name);
    }

    private ExtractionRequest Prepare(string request, int[] allowed, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(request);
        string read = CaseFolding.Fold(request);
        List<(int, int)> words = Schema.Words.Split(read);
        if (words.Count == 0)
        {
            throw new ArgumentException("The request holds no word.", nameof(request));
        }

        EncodedRequest[] encoded = [.. _vocabularies.Select((v, i) => v.Encode(read, words, MaxRequestTokens, _models[i].Name))];
        return new ExtractionRequest(request, words, encoded, allowed, cancellationToken);
    }

    private int[] Numbers(IReadOnlyCollection<string>? tools)
    {
        if (tools is null)
        {
            return _allTools;
        }

        string[] known = [.. Tools.Select(t => t.Name)];
        string? unknown = tools.FirstOrDefault(t => !known.Contains(t));
        return unknown is null && tools.Count > 0
            ? [.. _allTools.Where(t => tools.Contains(known[t]))]
            : throw new ArgumentException($"{(unknown is null ? "No tool was named" : $"'{unknown}' is no tool of this model")}; it knows {string.Join(", ", known)}.", nameof(tools));
    }
}
