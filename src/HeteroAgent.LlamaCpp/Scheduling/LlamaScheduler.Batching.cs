using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

internal sealed partial class LlamaScheduler
{
    private long _clock;

    /// <summary>Takes one token of every request that generates with the adapter that is set, then prompt tokens.</summary>
    private void FillBatch()
    {
        _batch.Clear();
        foreach (GenerationRequest request in _active)
        {
            request.OutputIndex = -1;
            request.InBatch = false;
        }

        foreach (GenerationRequest request in _active.Where(r => r.Adapter == _adapter && !r.IsPrefilling).ToArray())
        {
            if (request.Sequence is not null && EnsureCells(1, request))
            {
                AddTokens(request, 1);
            }
        }

        FillPrompts();
    }

    private void AddTokens(GenerationRequest request, int count)
    {
        KvSequence sequence = request.Sequence!;
        request.InBatch = true;
        for (int i = 0; i < count; i++)
        {
            int position = sequence.Length;
            int token = request.Tokens[position];
            bool last = position == request.Tokens.Count - 1;
            int index = _batch.Add(token, position, sequence.Id, last);
            sequence.Append(token, _cells);
            request.OutputIndex = last ? index : -1;
        }
    }

    /// <summary>Makes sure that cells are free: kept sequences go first, then the last in rank steps back into the queue.</summary>
    private bool EnsureCells(int count, GenerationRequest request)
    {
        while (_cells.Free < count)
        {
            if (OldestKept(s => s.Length > 0) is { } kept)
            {
                Truncate(kept, 0);
                continue;
            }

            GenerationRequest? last = _active.Where(r => !r.InBatch && r != request && r.Rank.CompareTo(request.Rank) > 0).MaxBy(r => r.Rank);
            if (last is null)
            {
                if (_active.Count > 1)
                {
                    Preempt(request);
                }

                return false;
            }

            Preempt(last);
        }

        return true;
    }

    /// <summary>Samples the next token of a request whose logits are there.</summary>
    private void Advance(GenerationRequest request)
    {
        ReadOnlySpan<float> logits = Logits(request.OutputIndex);
        int remaining = Remaining(request);
        if (remaining <= 0 || request.Constraint is { MustEnd: true })
        {
            Finish(request, remaining <= 0 ? GenerationFinish.Length : GenerationFinish.Stop);
            return;
        }

        Vocabulary vocabulary = _model.Vocabulary;
        float normaliser = Normaliser(logits);
        ReadOnlySpan<int> history = CollectionsMarshal.AsSpan(request.Tokens)[request.PromptLength..];
        int token = request.Sampler!.Next(logits, history, request.Constraint, remaining);
        if (token < 0)
        {
            Release(request, keep: true);
            request.Fail(new LlamaModelException(_model.Path, "the vocabulary has no token that the schema allows at this point."));
            return;
        }

        float logprob = logits[token] - normaliser;
        request.Tokens.Add(token);
        if (vocabulary.IsEndOfGeneration(token))
        {
            request.Write(new GeneratedToken(token, logprob, request.Stops?.Flush() ?? default));
            Finish(request, GenerationFinish.Stop);
            return;
        }

        request.Constraint?.Advance(token);
        bool stopped = false;
        ReadOnlyMemory<byte> bytes = request.Stops is { } stops ? stops.Append(vocabulary.Piece(token), out stopped) : vocabulary.Pieces[token];
        bool complete = request.Constraint is { MustEnd: true };
        bool full = !stopped && !complete && Remaining(request) <= 0;
        if ((complete || full) && !stopped && request.Stops is { } held)
        {
            bytes = (byte[])[.. bytes.Span, .. held.Flush().Span];
        }

        request.Write(new GeneratedToken(token, logprob, bytes));
        if (stopped || complete || full)
        {
            Finish(request, full ? GenerationFinish.Length : GenerationFinish.Stop);
        }
    }

    /// <summary>The logarithm of the sum of the exponentials; a model whose numbers overflowed is refused here, before anything is drawn from them.</summary>
    private float Normaliser(ReadOnlySpan<float> logits)
    {
        float normaliser = Sampler.LogSumExp(logits, _scratch);
        return float.IsFinite(normaliser) ? normaliser : throw new LlamaModelException(_model.Path, "the model computed logits that are not finite: its weights are damaged or overflow.");
    }

    private int Remaining(GenerationRequest request) =>
        Math.Min(request.MaxTokens - request.Generated ?? int.MaxValue, ContextLength - request.Tokens.Count);

    private void Finish(GenerationRequest request, GenerationFinish finish)
    {
        Release(request, keep: true);
        request.Complete(finish);
    }
}
