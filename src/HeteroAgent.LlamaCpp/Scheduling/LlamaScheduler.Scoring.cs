using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

internal sealed partial class LlamaScheduler
{
    /// <summary>Scores the first token of every choice from the logits behind the prompt.</summary>
    private void ScoreFirstTokens(GenerationRequest request)
    {
        // What was scored before the request had to step back holds.
        request.Scoring ??= new ChoiceScoring(request.Choices!, request.ChoiceTolerance, _model.Vocabulary.EndOfGeneration);
        if (!request.Scoring.IsScored(0))
        {
            ReadOnlySpan<float> logits = Logits(request.OutputIndex);
            request.Scoring.Score(0, logits, Normaliser(logits));
        }
    }

    /// <summary>Scores the other tokens: those of all choices form a tree whose nodes are decoded many in a batch, the likely ones first.</summary>
    private void ScoreRest(GenerationRequest request)
    {
        // Null: its first tokens failed, or it had to step back for another one that was scored.
        if (request.Sequence is not { } prompt)
        {
            return;
        }

        ChoiceScoring scoring = request.Scoring!;
        ChoiceSequences sequences = new(scoring.Tree, prompt.Id, _limits.Sequences, _partialRemoval ? _limits.ScoringSequences : 1);
        bool done = true;
        while (done && scoring.Next(RoundNodes(request)) is { Count: > 0 } wanted)
        {
            done = !request.IsCancelled && Score(request, prompt, scoring, sequences, wanted);
        }

        Forget(sequences);
        if (done)
        {
            request.ChoiceScores = scoring.Scores();
            Finish(request, GenerationFinish.Stop);
        }
        else if (request.IsCancelled && request.Sequence is not null)
        {
            Release(request, keep: true);
            request.Fail(new OperationCanceledException(request.CancellationToken));
        }
    }

    // Where every token is scored there is nothing to be won by small steps.
    private int RoundNodes(GenerationRequest request) => request.ChoiceTolerance is null ? _limits.ScoringNodes : Math.Min(_limits.ScoringNodes, ChoiceScoring.RoundNodes);

    /// <summary>Decodes and scores some nodes, as many as sequences and cells allow; false where the request has to step back.</summary>
    private bool Score(GenerationRequest request, KvSequence prompt, ChoiceScoring scoring, ChoiceSequences sequences, List<int> wanted)
    {
        int cells = ContextLength - prompt.Length;
        if (!_partialRemoval || !sequences.HasRoom(wanted, cells))
        {
            Forget(sequences);
        }

        List<ChoiceSequences.Placed> placed = sequences.Place(wanted, cells);
        if (!EnsureCells(sequences.Cells, request))
        {
            return false;
        }

        foreach (ChoiceSequences.Copy copy in placed.SelectMany(p => p.Copies))
        {
            NativeContext.Copy(_context, copy.From, copy.To, prompt.Length + copy.Depth);
        }

        // A choice may be longer than a batch: a parent comes before its children.
        foreach (ChoiceSequences.Placed[] nodes in placed.Chunk(_limits.ScoringNodes))
        {
            DecodeNodes(nodes, prompt.Length, scoring);
        }

        return true;
    }

    private void DecodeNodes(ChoiceSequences.Placed[] nodes, int position, ChoiceScoring scoring)
    {
        _batch.Clear();
        foreach (ChoiceSequences.Placed placed in nodes)
        {
            ChoiceTree.Node node = scoring.Tree[placed.Node];
            _batch.Add(node.Token, position + node.Depth - 1, CollectionsMarshal.AsSpan(placed.Sequences), output: !scoring.IsScored(placed.Node));
        }

        Decode();
        for (int i = 0; i < nodes.Length; i++)
        {
            if (!scoring.IsScored(nodes[i].Node))
            {
                ReadOnlySpan<float> logits = Logits(i);
                scoring.Score(nodes[i].Node, logits, Normaliser(logits));
            }
        }
    }

    private void Forget(ChoiceSequences sequences)
    {
        foreach (int sequence in sequences.Used)
        {
            NativeContext.Remove(_memory, sequence, -1, -1);
        }

        sequences.Clear();
    }
}
