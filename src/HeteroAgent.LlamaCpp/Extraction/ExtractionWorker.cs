namespace HeteroAgent.LlamaCpp;

/// <summary>Labels batches of requests with all models in turn, on contexts of its own. Used by one thread.</summary>
internal sealed class ExtractionWorker : IDisposable
{
    private readonly ExtractionSchema _schema;
    private readonly ExtractionContext[] _contexts;

    internal ExtractionWorker(ExtractionSchema schema, IReadOnlyList<LlamaModel> models, IReadOnlyList<ExtractionVocabulary> vocabularies, int tokens, int sequences)
    {
        _schema = schema;
        List<ExtractionContext> contexts = [];
        try
        {
            for (int i = 0; i < models.Count; i++)
            {
                contexts.Add(new ExtractionContext(models[i], vocabularies[i], tokens, sequences));
            }
        }
        catch
        {
            contexts.ForEach(c => c.Dispose());
            throw;
        }

        _contexts = [.. contexts];
    }

    internal void Run(IReadOnlyList<ExtractionRequest> batch)
    {
        LabelScores[] scores = [.. batch.Select(r => new LabelScores(_schema.Tools.Count, r.Words.Count, _schema.LabelCount, _schema.Closed.Select(c => 1 + c.Members.Count)))];
        bool averaged = _contexts.Length > 1;
        for (int model = 0; model < _contexts.Length; model++)
        {
            _contexts[model].Decode(batch, scores, model, asProbability: averaged);
        }

        for (int i = 0; i < scores.Length; i++)
        {
            if (averaged)
            {
                scores[i].Average(_contexts.Length);
            }

            JointDecoder.Result call = JointDecoder.Decode(scores[i], _schema, batch[i].Allowed);
            batch[i].Complete(ExtractionReader.Read(batch[i], call, scores[i], _schema));
        }
    }

    public void Dispose() => Array.ForEach(_contexts, c => c.Dispose());
}
