using System.Numerics.Tensors;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Retrieval.Sqlite;

/// <summary>An <see cref="IPassageIndex"/> in one SQLite file: words by FTS5, vectors by a scan in memory, both fused by reciprocal rank.</summary>
/// <remarks>
/// <para>The file is made at the first use. Documents are written in batches, one transaction each, into a write-ahead log: a killed process loses at most the batch that it was writing, and leaves an index that works. Any number of processes may use one file; readers never wait and see every committed batch, writers take turns.</para>
/// <para>Vectors are held in memory at one byte an element (39 MB for 100,000 passages of 384 dimensions), read at the first search by vectors; the best of a scan are then compared by their full vectors from the file. Batches that only add are read on at the next search, one that removes or replaces makes the next search read all of them again.</para>
/// <para>A long query is split into its sentences, which are looked for one by one. In a large index, words that a great part of the passages have are passed over where rarer words of the query find enough.</para>
/// <para>Without an embedding generator the index holds words alone. Vectors of another model, told by its name, dimensions and the vector of a fixed text, are refused. A U+0000 and lone surrogates are stored as U+FFFD.</para>
/// <para>Safe for concurrent use. Disposing it closes the file; the embedding generator stays the caller's.</para>
/// </remarks>
public sealed class SqlitePassageIndex : IPassageIndex, IDisposable
{
    private const int BatchDocuments = 64;
    private const int BatchPassages = 256;
    private const int BatchTexts = 64;

    private readonly IEmbeddingGenerator<string, Embedding<float>>? _generator;
    private readonly SqlitePassageIndexOptions _options;
    private readonly IndexFile _file;
    private readonly PassageSearch _search;
    private EmbeddingFingerprint? _model;
    private volatile bool _disposed;

    /// <summary>Creates an index on a file. Nothing is opened yet.</summary>
    /// <param name="path">The file; it is made where it is not there, but its folder must be. Two more files, <c>-wal</c> and <c>-shm</c>, stand beside it while it is in use.</param>
    /// <param name="generator">The embedding model; <see langword="null"/> for words alone. It stays the caller's.</param>
    /// <param name="options">How documents are read; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public SqlitePassageIndex(string path, IEmbeddingGenerator<string, Embedding<float>>? generator = null, SqlitePassageIndexOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _generator = generator;
        _options = options ?? new();
        _file = new IndexFile(System.IO.Path.GetFullPath(path), _options.BusyTimeout);
        _search = new PassageSearch();
    }

    /// <summary>Gets the full path of the file.</summary>
    public string Path => _file.Path;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A document is <see langword="null"/>, has no id, or an id with a U+0000 or a lone surrogate. Batches before it are written.</exception>
    /// <exception cref="PassageIndexException">The index was made with another embedding model, another writer did not finish in time, or the file cannot be written or is damaged.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public async Task<int> AddAsync(IEnumerable<SourceDocument> documents, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        EmbeddingFingerprint? model = await ModelAsync(cancellationToken).ConfigureAwait(false);
        _ = await Task.Run(() => _file.Run(connection => Accept(connection, model)), cancellationToken).ConfigureAwait(false);
        Dictionary<string, PendingDocument> batch = new(StringComparer.Ordinal);
        int passages = 0;
        int written = 0;
        foreach (SourceDocument document in documents)
        {
            Validate(document, nameof(documents));
            PendingDocument pending = new(document, _options.Chunker);
            pending.Passages = _options.Chunker.Split(pending.Document);
            passages += pending.Passages.Count;
            batch[document.Id] = pending;
            if (batch.Count >= BatchDocuments || passages >= BatchPassages)
            {
                written += await FlushAsync(batch, model, cancellationToken).ConfigureAwait(false);
                progress?.Report(written);
                batch.Clear();
                passages = 0;
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        if (batch.Count > 0)
        {
            written += await FlushAsync(batch, model, cancellationToken).ConfigureAwait(false);
            progress?.Report(written);
        }

        return written;
    }

    /// <inheritdoc/>
    /// <exception cref="PassageIndexException">Another writer did not finish in time, or the file cannot be written or is damaged.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public Task<int> RemoveAsync(IEnumerable<string> documentIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentIds);
        ObjectDisposedException.ThrowIf(_disposed, this);
        string[] ids = [.. documentIds.Where(static id => id is not null)];
        return Task.Run(() => _file.Run(write: true, transaction =>
        {
            SqliteConnection connection = transaction.Connection!;
            IndexState state = IndexState.Read(connection);
            int removed = ids.Count(id => PassageWriter.Remove(connection, id));
            if (removed > 0)
            {
                IndexState.Advance(connection, removed: true, state.Model);
            }

            return removed;
        }), cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="PassageIndexException">The mode needs vectors and the index has none; it has vectors and their model was not given; or the file cannot be opened or is damaged.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public async ValueTask<IReadOnlyList<RetrievedPassage>> RetrieveAsync(string query, RetrievalOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        options ??= new();
        (IndexState state, bool empty) = _file.Run(write: false, static t => (IndexState.Read(t.Connection!), t.Connection!.Scalar<long>("SELECT EXISTS (SELECT 1 FROM documents)") == 0));
        RetrievalMode mode = empty ? RetrievalMode.Words : Resolve(options.Mode, state);
        if (mode != RetrievalMode.Words)
        {
            Refuse(state.Model!, await ModelAsync(cancellationToken).ConfigureAwait(false));
        }

        if (empty || !QueryParts.HasWord(query))
        {
            return [];
        }

        float[]? vector = mode == RetrievalMode.Words ? null : Mean(await EmbedAsync(QueryParts.Split(query, PassageSearch.MostParts), state.Model!.Dimensions, cancellationToken).ConfigureAwait(false));
        return _file.Run(write: false, t => _search.Find(t.Connection!, new(mode == RetrievalMode.Vectors ? null : query, vector is null ? [] : [vector], options.TopK), cancellationToken));
    }

    // The direction between those of a long query's parts.
    private static float[]? Mean(List<float[]> vectors)
    {
        if (vectors.Count == 0)
        {
            return null;
        }

        float[] mean = new float[vectors[0].Length];
        foreach (float[] vector in vectors)
        {
            float length = TensorPrimitives.Norm(vector);
            if (length > 0 && float.IsFinite(length))
            {
                TensorPrimitives.MultiplyAdd(vector, 1 / length, mean, mean);
            }
        }

        return mean;
    }

    /// <inheritdoc/>
    /// <exception cref="PassageIndexException">The file cannot be opened or is damaged.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public Task<PassageIndexInfo> GetInfoAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Task.Run(() => _file.Run(write: false, static t =>
        {
            SqliteConnection connection = t.Connection!;
            IndexState state = IndexState.Read(connection);
            return new PassageIndexInfo(
                (int)connection.Scalar<long>("SELECT count(*) FROM documents"), (int)connection.Scalar<long>("SELECT count(*) FROM passages"), state.Model?.Model, state.Model?.Dimensions ?? 0);
        }), cancellationToken);
    }

    /// <summary>Closes the file. A call that is running may still finish.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _file.Dispose();
        }
    }

    /// <summary>Reads what an application has noted beside the documents; null where it noted nothing.</summary>
    internal string? GetNote(string name) => _file.Run(write: false, t => t.Connection!.Scalar<string>("SELECT value FROM notes WHERE name = $1", name));

    internal void SetNote(string name, string value) =>
        _ = _file.Run(write: true, t => t.Connection!.Execute("INSERT INTO notes VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value));

    private static void Validate(SourceDocument document, string argument)
    {
        if (document is null || string.IsNullOrEmpty(document.Id))
        {
            throw new ArgumentException(document is null ? "A document is null." : $"The document with the title '{document.Title}' has no id; every document needs one of its own.", argument);
        }

        for (int i = 0; i < document.Id.Length; i++)
        {
            bool pair = char.IsHighSurrogate(document.Id[i]) && i + 1 < document.Id.Length && char.IsLowSurrogate(document.Id[i + 1]);
            if (document.Id[i] == '\0' || (char.IsSurrogate(document.Id[i]) && !pair))
            {
                throw new ArgumentException($"The document id '{document.Id}' holds a U+0000 or a lone surrogate at {i}; both cannot be stored.", argument);
            }

            i += pair ? 1 : 0;
        }
    }

    private async Task<int> FlushAsync(Dictionary<string, PendingDocument> batch, EmbeddingFingerprint? model, CancellationToken cancellationToken)
    {
        PendingDocument[] changed = await Task.Run(() => _file.Run(write: false, t => Changed(t.Connection!, batch.Values)), cancellationToken).ConfigureAwait(false);
        if (changed.Length == 0)
        {
            return 0;
        }

        if (model is not null)
        {
            List<float[]> vectors = await EmbedAsync([.. changed.SelectMany(static p => p.Passages.Select(static q => q.InContext))], model.Dimensions, cancellationToken).ConfigureAwait(false);
            int next = 0;
            foreach (PendingDocument pending in changed)
            {
                pending.Vectors = [.. vectors.Skip(next).Take(pending.Passages.Count)];
                next += pending.Passages.Count;
            }
        }

        // The batch that is being written is finished, whatever the token says.
        return await Task.Run(() => _file.Run(write: true, transaction =>
        {
            SqliteConnection connection = transaction.Connection!;
            _ = Accept(connection, model);
            PendingDocument[] still = Changed(connection, changed);
            bool removed = false;
            foreach (PendingDocument pending in still)
            {
                removed |= PassageWriter.Write(connection, pending);
            }

            IndexState.Advance(connection, removed, model);
            return still.Length;
        }), CancellationToken.None).ConfigureAwait(false);
    }

    private static PendingDocument[] Changed(SqliteConnection connection, IEnumerable<PendingDocument> batch) =>
        [.. batch.Where(p => connection.Scalar<byte[]>("SELECT hash FROM documents WHERE name = $1", p.Document.Id) is not { } hash || !hash.AsSpan().SequenceEqual(p.Hash))];

    /// <summary>Refuses to write with another model than the one that the documents in the index were written with.</summary>
    private bool Accept(SqliteConnection connection, EmbeddingFingerprint? model)
    {
        if (connection.Scalar<long>("SELECT EXISTS (SELECT 1 FROM documents)") == 0)
        {
            return true;
        }

        if (IndexState.Read(connection).Model is { } made)
        {
            Refuse(made, model);
            return true;
        }

        return model is null ? true
            : throw _file.Refuse(PassageIndexError.OtherEmbeddingModel, $"It was made with words alone, and {model.Model} was given to add to it. Give no embedding generator, or make a new index with it.");
    }

    private void Refuse(EmbeddingFingerprint made, EmbeddingFingerprint? given)
    {
        if (given is null)
        {
            throw _file.Refuse(PassageIndexError.EmbeddingModelNeeded, $"It was made with the embedding model {made.Model} of {made.Dimensions} dimensions, which must be given. RetrievalMode.Words searches without it.");
        }

        if (made.Difference(given) is { } difference)
        {
            throw _file.Refuse(PassageIndexError.OtherEmbeddingModel, difference + " Give that model, or make a new index.");
        }
    }

    private RetrievalMode Resolve(RetrievalMode mode, IndexState state) => mode switch
    {
        RetrievalMode.Words => mode,
        RetrievalMode.Auto => state.Model is null ? RetrievalMode.Words : RetrievalMode.Hybrid,
        RetrievalMode.Vectors or RetrievalMode.Hybrid => state.Model is not null ? mode
            : throw _file.Refuse(PassageIndexError.NoVectors, $"It holds words alone, so that it cannot be searched by {mode}. Use RetrievalMode.Words or Auto, or make a new index with an embedding generator."),
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "The mode of a search is Auto, Words, Vectors or Hybrid."),
    };

    private async ValueTask<EmbeddingFingerprint?> ModelAsync(CancellationToken cancellationToken) =>
        _generator is null ? null : _model ??= await EmbeddingFingerprint.CreateAsync(_generator, cancellationToken).ConfigureAwait(false);

    private async Task<List<float[]>> EmbedAsync(IReadOnlyList<string> texts, int dimensions, CancellationToken cancellationToken)
    {
        List<float[]> vectors = new(texts.Count);
        foreach (string[] some in texts.Chunk(BatchTexts))
        {
            GeneratedEmbeddings<Embedding<float>> made = await _generator!.GenerateAsync(some, null, cancellationToken).ConfigureAwait(false);
            if (made.Count != some.Length || made.Any(e => e.Vector.Length != dimensions))
            {
                throw new InvalidOperationException($"The embedding generator made {made.Count} vectors of {some.Length} texts, or not all of {dimensions} dimensions.");
            }

            vectors.AddRange(made.Select(static e => e.Vector.ToArray()));
        }

        return vectors;
    }
}
