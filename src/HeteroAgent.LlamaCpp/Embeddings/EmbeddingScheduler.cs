namespace HeteroAgent.LlamaCpp;

/// <summary>Owns a model's context for embeddings on a thread of its own; texts that wait together are embedded together.</summary>
/// <remarks><see cref="Submit"/> may be called from any thread.</remarks>
internal sealed class EmbeddingScheduler : IDisposable
{
    /// <summary>A text is read in one piece, so that the buffers grow with the square of this.</summary>
    private const int MostTokensPerText = 2048;

    /// <summary>Attention is computed over the whole batch, so that larger ones gain nothing.</summary>
    private const int LeastBatchTokens = 512;
    private const int MostTexts = 64;
    private readonly LlamaModel _model;
    private readonly EmbeddingContext _context;
    private readonly int _batchTokens;
    private readonly Lock _gate = new();
    private readonly Queue<EmbeddingRequest> _waiting = [];
    private readonly ServiceThread _thread;
    private readonly Func<bool> _serve;
    private bool _disposed;

    internal EmbeddingScheduler(LlamaModel model)
    {
        _model = model;
        int limit = LimitOf(model);
        _batchTokens = Math.Max(limit, LeastBatchTokens);
        Tokenizer = new EmbeddingTokenizer(model, limit);
        _context = new EmbeddingContext(model, _batchTokens, MostTexts);
        _serve = Serve;
        _thread = new ServiceThread($"embeddings {model.Name}");
        _thread.Start();
    }

    /// <summary>Ends the thread of a model that was forgotten.</summary>
    ~EmbeddingScheduler()
    {
        if (_serve is not null)
        {
            _disposed = true;
            _thread.Post(_serve);
        }
    }

    internal EmbeddingTokenizer Tokenizer { get; }

    /// <summary>The most tokens of one text.</summary>
    internal static int LimitOf(LlamaModel model) => Math.Min(Math.Min(model.TrainedContextLength, model.ContextLength), MostTokensPerText);

    internal void Submit(IReadOnlyList<EmbeddingRequest> requests)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, _model);
            foreach (EmbeddingRequest request in requests)
            {
                request.WatchCancellation();
                _waiting.Enqueue(request);
            }
        }

        _thread.Post(_serve);
    }

    /// <summary>Ends the waiting texts with <see cref="ObjectDisposedException"/>, lets the running batch end and frees the context.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        lock (_gate)
        {
            _disposed = true;
            while (_waiting.TryDequeue(out EmbeddingRequest? request))
            {
                request.Fail(new ObjectDisposedException(_model.Name, "The model was disposed while the text was waiting."));
            }
        }

        _thread.Post(_serve);
        _thread.Join();
    }

    /// <summary>Embeds until nothing is left to do; false when the model is disposed.</summary>
    private bool Serve()
    {
        List<EmbeddingRequest> batch = [];
        while (Take(batch))
        {
            try
            {
                float[][] vectors = _context.Run(batch);
                for (int i = 0; i < vectors.Length; i++)
                {
                    batch[i].Complete(vectors[i]);
                }
            }
#pragma warning disable CA1031 // Whatever went wrong belongs to the callers, not to this thread.
            catch (Exception e)
            {
                batch.ForEach(r => r.Fail(e));
            }
#pragma warning restore CA1031
        }

        // What is submitted from here on is posted again.
        lock (_gate)
        {
            if (!_disposed)
            {
                return true;
            }
        }

        _context.Dispose();
        return false;
    }

    /// <summary>Takes as many texts as one pass reads; false when none waits.</summary>
    private bool Take(List<EmbeddingRequest> batch)
    {
        batch.Clear();
        lock (_gate)
        {
            int tokens = 0;
            while (batch.Count < MostTexts && _waiting.TryPeek(out EmbeddingRequest? next) && tokens + next.Tokens.Length <= _batchTokens)
            {
                _waiting.Dequeue();
                if (!next.Task.IsCompleted)
                {
                    tokens += next.Tokens.Length;
                    batch.Add(next);
                }
            }

            return batch.Count > 0;
        }
    }
}
