using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

internal sealed partial class LlamaScheduler
{
    private long _clock;

    /// <summary>Takes one token of every request that generates with the adapter that is set, then prompt tokens.</summary>
    private void FillBatch()
    {
        _batch.Clear();
        _drafted = 0;
        foreach (GenerationRequest request in _active)
        {
            request.OutputIndex = -1;
            request.InBatch = false;
            request.Draft.Clear();
        }

        GenerationRequest[] generating = [.. _active.Where(r => r.Adapter == _adapter && !r.IsPrefilling)];
        for (int i = 0; i < generating.Length; i++)
        {
            // A forced run may be long: those behind keep their place.
            GenerationRequest request = generating[i];
            int count = Math.Min(request.Pending, _batch.Remaining - (generating.Length - 1 - i));
            if (request.Sequence is not null && EnsureCells(count, request))
            {
                AddTokens(request, count);
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

        if (request.OutputIndex >= 0 && request.Choices is null)
        {
            AddDraft(request);
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

    /// <summary>Goes on with a request whose logits are there, as far as what was decoded ahead proves right.</summary>
    private void Advance(GenerationRequest request)
    {
        request.IsGenerating = true;
        GenerationFinish finish = GenerationFinish.None;
        for (int output = request.OutputIndex; output >= 0 && finish == GenerationFinish.None; output = NextOutput(request))
        {
            finish = Sample(request, output);
        }

        RollBack(request, finish != GenerationFinish.None);
        if (finish != GenerationFinish.None)
        {
            Finish(request, finish);
        }
    }

    /// <summary>Samples the next token, and takes what must follow it.</summary>
    private GenerationFinish Sample(GenerationRequest request, int output)
    {
        ReadOnlySpan<float> logits = Logits(output);
        int remaining = Remaining(request);
        if (remaining <= 0 || request.Constraint is { MustEnd: true })
        {
            return remaining <= 0 ? GenerationFinish.Length : GenerationFinish.Stop;
        }

        float normaliser = Normaliser(logits);
        ReadOnlySpan<int> history = CollectionsMarshal.AsSpan(request.Tokens)[request.PromptLength..];
        int token = request.Sampler!.Next(logits, history, request.Constraint, remaining);
        if (token < 0)
        {
            throw new LlamaModelException(_model.Origin, "the vocabulary has no token that the schema allows at this point.");
        }

        GenerationFinish finish = Take(request, token, logits[token] - normaliser, forced: false);
        return finish == GenerationFinish.None ? Force(request) : finish;
    }

    /// <summary>Appends a token to the answer and says whether that ends it.</summary>
    private GenerationFinish Take(GenerationRequest request, int token, float logprob, bool forced)
    {
        Vocabulary vocabulary = _model.Vocabulary;
        request.Tokens.Add(token);
        if (vocabulary.IsEndOfGeneration(token))
        {
            request.Write(new GeneratedToken(token, logprob, request.Stops?.Flush() ?? default));
            return GenerationFinish.Stop;
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

        request.Write(new GeneratedToken(token, logprob, bytes, forced));
        return full ? GenerationFinish.Length : stopped || complete ? GenerationFinish.Stop : GenerationFinish.None;
    }

    /// <summary>The logarithm of the sum of the exponentials; a model whose numbers overflowed is refused here, before anything is drawn from them.</summary>
    private float Normaliser(ReadOnlySpan<float> logits)
    {
        float normaliser = Sampler.LogSumExp(logits, _scratch);
        return float.IsFinite(normaliser) ? normaliser : throw new LlamaModelException(_model.Origin, "the model computed logits that are not finite: its weights are damaged or overflow.");
    }

    private int Remaining(GenerationRequest request) =>
        Math.Min(request.MaxTokens - request.Generated ?? int.MaxValue, ContextLength - request.Tokens.Count);

    private void Finish(GenerationRequest request, GenerationFinish finish)
    {
        Release(request, keep: true);
        request.Complete(finish);
    }
}
