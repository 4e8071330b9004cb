using System.Text;
using Microsoft.Extensions.AI;
using Npgsql;

namespace HeteroAgent.Retrieval.Postgres;

/// <summary>An <see cref="IPassageIndex"/> on PostgreSQL (13 or newer): words by its full-text search, vectors by pgvector (0.5 or newer), both fused by reciprocal rank.</summary>
/// <remarks>
/// <para>The tables are made at the first use; any number of processes may use one index at the same time. Documents are written in batches, one transaction each. Writers of one index take turns, and readers never wait. A lost connection raises <see cref="PassageIndexException"/> with <see cref="PassageIndexError.ConnectionLost"/>; every batch that was reported is there, and the next call connects again.</para>
/// <para>Without an embedding generator, or where the server has no pgvector, the index holds words alone; <see cref="RetrievalMode.Auto"/> then searches by words, and the modes that need vectors say what is missing.</para>
/// <para>Vectors are compared one by one in a small index. From 4,000 passages on, <see cref="AddAsync"/> ends with building an HNSW index, which searches keep from then on (recall@10 of at least .98; vectors of more than 2,000 dimensions stay compared one by one).</para>
/// <para>Words are ranked by BM25 over the server's word stems, with document frequencies that the index keeps; any of the query's words may match. A text's U+0000 and lone surrogates are stored as U+FFFD.</para>
/// <para>Safe for concurrent use, each call on a connection of its own.</para>
/// </remarks>
public sealed class PostgresPassageIndex : IPassageIndex
{
    /// <summary>The ranks that fusion looks at go this far beyond the number that is asked for.</summary>
    private const int FusionDepth = 50;
    private const int BatchPassages = 256;
    private const int BatchDocuments = 128;

    private readonly IndexConnection _connections;
    private readonly IEmbeddingGenerator<string, Embedding<float>>? _generator;
    private readonly PostgresPassageIndexOptions _options;
    private readonly TableNames _tables;
    private readonly IndexSchema _schema;
    private readonly PassageWriter _writer;
    private readonly WordSearch _words;
    private readonly VectorSearch _vectors;
    private VectorExtension? _extension;
    private EmbeddingFingerprint? _model;

    /// <summary>Creates an index on a database. Nothing is connected to yet.</summary>
    /// <param name="dataSource">Where the database is. It stays the caller's; no plug-in needs to be set up on it.</param>
    /// <param name="generator">The embedding model; <see langword="null"/> for words alone. It stays the caller's.</param>
    /// <param name="options">Where the tables stand and how text is read; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="dataSource"/> is <see langword="null"/>.</exception>
    public PostgresPassageIndex(NpgsqlDataSource dataSource, IEmbeddingGenerator<string, Embedding<float>>? generator = null, PostgresPassageIndexOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        _options = options ?? new();
        _tables = new TableNames(_options);
        _connections = new IndexConnection(dataSource, _tables);
        _generator = generator;
        _schema = new IndexSchema(_connections, _tables, _options.TextSearchConfiguration);
        _writer = new PassageWriter(_connections, _tables, _schema);
        _words = new WordSearch(_tables);
        _vectors = new VectorSearch(_tables);
    }

    /// <summary>Gets or sets whether nothing is passed over (no HNSW index, every passage with a word of the query ranked), to measure what passing over costs.</summary>
    internal bool Exact { get; set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A document is <see langword="null"/> or without id, or its id has more than 2,000 bytes of UTF-8, a U+0000 or a lone surrogate. What came before it may be written.</exception>
    /// <exception cref="PassageIndexException">The index was made with another embedding model, or the database refuses or is out of reach.</exception>
    public async Task<int> AddAsync(IEnumerable<SourceDocument> documents, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        VectorExtension extension = await OpenAsync(cancellationToken).ConfigureAwait(false);
        EmbeddingFingerprint? model = await ModelAsync(extension, cancellationToken).ConfigureAwait(false);
        await CheckAsync(model, cancellationToken).ConfigureAwait(false);
        int written = 0;
        int seen = 0;
        foreach (SourceDocument[] chunk in documents.Chunk(BatchDocuments))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Dictionary<string, PreparedDocument> last = new(StringComparer.Ordinal);
            foreach (SourceDocument document in chunk)
            {
                last[document?.Id ?? ""] = PreparedDocument.Create(document, nameof(documents));
            }

            List<PreparedDocument> changed = await _connections.RunAsync((c, t) => _writer.ChangedAsync(c, last.Values, t), cancellationToken).ConfigureAwait(false);
            foreach (List<PreparedDocument> batch in Batches(changed))
            {
                await EmbedAsync(batch, model, cancellationToken).ConfigureAwait(false);
                _ = await _connections.RunAsync(
                    async (c, t) =>
                    {
                        await _writer.WriteAsync(c, batch, model, extension, t).ConfigureAwait(false);
                        return true;
                    },
                    cancellationToken).ConfigureAwait(false);
                written += batch.Count;
                progress?.Report(seen + batch.Count);
                seen += batch.Count;
            }

            seen += chunk.Length - changed.Count;
            progress?.Report(seen);
        }

        if (written > 0 && model is { Dimensions: <= VectorSearch.MaxIndexedDimensions })
        {
            await BuildVectorIndexAsync(extension, cancellationToken).ConfigureAwait(false);
        }

        return written;
    }

    /// <inheritdoc/>
    /// <exception cref="PassageIndexException">The database refuses or is out of reach.</exception>
    public async Task<int> RemoveAsync(IEnumerable<string> documentIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentIds);
        // An id that the database cannot hold is not there.
        string[] ids = [.. documentIds.Where(static id => id is not null && !SqlText.NeedsRepair(id)).Distinct(StringComparer.Ordinal)];
        _ = await OpenAsync(cancellationToken).ConfigureAwait(false);
        return ids.Length == 0 ? 0 : await _connections.RunAsync((c, t) => _writer.RemoveAsync(c, ids, t), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="PassageIndexException">Vectors are asked for and missing, the index was made with another embedding model, or the database refuses or is out of reach.</exception>
    public async ValueTask<IReadOnlyList<RetrievedPassage>> RetrieveAsync(string query, RetrievalOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        options ??= new();
        VectorExtension extension = await OpenAsync(cancellationToken).ConfigureAwait(false);
        IndexHeader header = await _connections.RunAsync((c, t) => _schema.ReadHeaderAsync(c, null, false, t), cancellationToken).ConfigureAwait(false);
        bool byVectors = await UsesVectorsAsync(header, options.Mode, extension, cancellationToken).ConfigureAwait(false);
        if (header.Documents == 0 || !query.EnumerateRunes().Any(static r => Rune.IsLetterOrDigit(r)))
        {
            return [];
        }

        float[]? vector = byVectors ? (await EmbedAsync([query], header.Model!, cancellationToken).ConfigureAwait(false))[0] : null;
        bool byWords = options.Mode != RetrievalMode.Vectors;
        return await _connections.RunAsync((c, t) => SearchAsync(c, extension, byWords ? query : null, vector, options.TopK, t), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="PassageIndexException">The database refuses or is out of reach.</exception>
    public async Task<PassageIndexInfo> GetInfoAsync(CancellationToken cancellationToken = default)
    {
        _ = await OpenAsync(cancellationToken).ConfigureAwait(false);
        IndexHeader header = await _connections.RunAsync((c, t) => _schema.ReadHeaderAsync(c, null, false, t), cancellationToken).ConfigureAwait(false);
        return new PassageIndexInfo((int)header.Documents, (int)header.Passages, header.Model?.Model, header.Model?.Dimensions ?? 0);
    }

    private async Task<VectorExtension> OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // Calls at the same time may both look; what they find is the same.
        return _extension ??= await _connections.RunAsync((c, t) => _schema.EnsureAsync(c, _generator is not null, t), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The model that is used: none where the server cannot hold vectors.</summary>
    private async Task<EmbeddingFingerprint?> ModelAsync(VectorExtension extension, CancellationToken cancellationToken) =>
        _generator is null || extension.Schema is null ? null
        : _model ??= await EmbeddingFingerprint.CreateAsync(_generator, cancellationToken).ConfigureAwait(false);

    private async Task CheckAsync(EmbeddingFingerprint? model, CancellationToken cancellationToken)
    {
        IndexHeader header = await _connections.RunAsync((c, t) => _schema.ReadHeaderAsync(c, null, false, t), cancellationToken).ConfigureAwait(false);
        if (ModelConflict.Find(header, model, writes: true) is { } conflict)
        {
            throw _connections.Refusal(conflict.Error, conflict.Message);
        }
    }

    private async Task<bool> UsesVectorsAsync(IndexHeader header, RetrievalMode mode, VectorExtension extension, CancellationToken cancellationToken)
    {
        if (mode == RetrievalMode.Words || (mode == RetrievalMode.Auto && header.Model is null))
        {
            return false;
        }

        if (header.Model is null)
        {
            string? missing = extension.Missing ?? (_generator is null ? "No embedding generator was given." : header.Documents > 0 ? "It was filled without an embedding generator or before the server had pgvector; make it anew." : null);
            return missing is null ? false : throw _connections.Refusal(PassageIndexError.NoVectors, $"Vectors were asked for, and the index holds words alone. {missing}");
        }

        if (ModelConflict.Find(header, await ModelAsync(extension, cancellationToken).ConfigureAwait(false), writes: false) is { } conflict)
        {
            throw _connections.Refusal(conflict.Error, conflict.Message);
        }

        return header.Documents > 0;
    }

    private async Task<IReadOnlyList<RetrievedPassage>> SearchAsync(NpgsqlConnection connection, VectorExtension extension, string? query, float[]? vector, int count, CancellationToken cancellationToken)
    {
        // One snapshot, so that what is found is still there when it is read.
        NpgsqlTransaction transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            IndexHeader header = await _schema.ReadHeaderAsync(connection, transaction, false, cancellationToken).ConfigureAwait(false);
            int depth = query is null || vector is null ? count : count + FusionDepth;
            List<RankedPassage> byWords = query is null ? [] : await _words.SearchAsync(connection, transaction, header, query, depth, Exact, cancellationToken).ConfigureAwait(false);
            List<RankedPassage> byVectors = vector is null || !IsDirection(vector) ? [] : await _vectors.SearchAsync(connection, transaction, extension, vector, depth, Exact, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<RankedPassage> ranking = vector is null ? byWords : query is null ? byVectors : Fuse(byWords, byVectors, count);
            IReadOnlyList<RetrievedPassage> found = await PassageReader.ReadAsync(connection, transaction, _tables, ranking, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return found;
        }
    }

    private static RankedPassage[] Fuse(List<RankedPassage> byWords, List<RankedPassage> byVectors, int count) =>
        [.. ReciprocalRankFusion.Fuse<long>([[.. byWords.Select(static p => p.Passage)], [.. byVectors.Select(static p => p.Passage)]]).Take(count).Select(static p => new RankedPassage(p.Key, p.Value))];

    private async Task BuildVectorIndexAsync(VectorExtension extension, CancellationToken cancellationToken) =>
        _ = await _connections.RunAsync(
            async (c, t) => (await _schema.ReadHeaderAsync(c, null, false, t).ConfigureAwait(false)).Passages >= _options.ApproximateFrom && await _vectors.BuildAsync(c, extension, t).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);

    /// <summary>Cuts the documents into passages, and groups them so that a transaction stays small.</summary>
    private IEnumerable<List<PreparedDocument>> Batches(List<PreparedDocument> documents)
    {
        List<PreparedDocument> batch = [];
        int passages = 0;
        foreach (PreparedDocument document in documents)
        {
            document.Passages = _options.Chunker.Split(document.Document);
            batch.Add(document);
            passages += document.Passages.Count;
            if (passages >= BatchPassages)
            {
                yield return batch;
                batch = [];
                passages = 0;
            }
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private async Task EmbedAsync(List<PreparedDocument> batch, EmbeddingFingerprint? model, CancellationToken cancellationToken)
    {
        if (model is null)
        {
            return;
        }

        string[] texts = [.. batch.SelectMany(static d => d.Passages).Select(static p => p.InContext)];
        float[][] vectors = texts.Length == 0 ? [] : await EmbedAsync(texts, model, cancellationToken).ConfigureAwait(false);
        int next = 0;
        foreach (PreparedDocument document in batch)
        {
            document.Vectors = vectors[next..(next + document.Passages.Count)];
            next += document.Passages.Count;
        }
    }

    private async Task<float[][]> EmbedAsync(string[] texts, EmbeddingFingerprint model, CancellationToken cancellationToken)
    {
        GeneratedEmbeddings<Embedding<float>> made = await _generator!.GenerateAsync(texts, null, cancellationToken).ConfigureAwait(false);
        float[][] vectors = [.. made.Select(static e => e.Vector.ToArray())];
        return vectors.Length == texts.Length && vectors.All(v => v.Length == model.Dimensions && v.All(float.IsFinite)) ? vectors
            : throw new InvalidOperationException($"The embedding model {model.Model} was to make {texts.Length} vectors of {model.Dimensions} finite numbers; it made {vectors.Length}, or others.");
    }

    private static bool IsDirection(float[] vector) => vector.Any(static x => x != 0);
}
