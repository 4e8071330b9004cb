using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

internal sealed partial class LlamaScheduler
{
    /// <summary>Scores the first token of every choice from the logits behind the prompt.</summary>
    private void ScoreFirstTokens(GenerationRequest request)
    {
        ReadOnlySpan<float> logits = Logits(request.OutputIndex);
        float normaliser = Normaliser(logits);
        float[][] scores = new float[request.Choices!.Count][];
        for (int i = 0; i < scores.Length; i++)
        {
            int[] choice = request.Choices[i];
            scores[i] = new float[choice.Length];
            if (choice.Length > 0)
            {
                scores[i][0] = logits[choice[0]] - normaliser;
            }
        }

        request.ChoiceScores = scores;
    }

    /// <summary>Scores the other tokens: those of all choices form a tree that is decoded in one batch, each node once.</summary>
    private void ScoreRest(GenerationRequest request)
    {
        IReadOnlyList<int[]> choices = request.Choices!;
        for (int start = 0; start < choices.Count;)
        {
            // Null: it had to step back for an older one, and is scored when it is admitted again.
            if (request.Sequence is not { } sequence)
            {
                return;
            }

            (int end, int nodes) = Group(choices, start, Math.Min(_limits.ScoringNodes, ContextLength - sequence.Length));
            if (!EnsureCells(nodes, request))
            {
                return;
            }

            ScoreGroup(sequence, choices, start, end, request.ChoiceScores!);
            start = end;
        }

        Finish(request, GenerationFinish.Stop);
    }

    /// <summary>As many choices as sequences, batch and cells allow, at least one, and the most nodes that they have.</summary>
    private (int End, int Nodes) Group(IReadOnlyList<int[]> choices, int start, int most)
    {
        int end = start;
        int nodes = 0;
        while (end < choices.Count && end - start < _limits.ScoringSequences)
        {
            int more = Math.Max(choices[end].Length - 1, 0);
            if (nodes + more > most && end > start)
            {
                break;
            }

            nodes += more;
            end++;
        }

        return (end, nodes);
    }

    private void ScoreGroup(KvSequence prompt, IReadOnlyList<int[]> choices, int start, int end, float[][] scores)
    {
        ChoiceTree tree = new(choices, start, end, _limits.Sequences);
        if (tree.Count == 0)
        {
            return;
        }

        for (int i = start; i < end; i++)
        {
            Interop.Llama.llama_memory_seq_cp(_memory, prompt.Id, _limits.Sequences + i - start, 0, prompt.Length);
        }

        // A choice may be longer than a batch: nodes are numbered so that a parent comes before its children.
        for (int first = 0; first < tree.Count; first += _limits.ScoringNodes)
        {
            DecodeNodes(tree, prompt.Length, first, Math.Min(first + _limits.ScoringNodes, tree.Count), scores);
        }

        for (int i = start; i < end; i++)
        {
            Interop.Llama.llama_memory_seq_rm(_memory, _limits.Sequences + i - start, -1, -1);
        }
    }

    private void DecodeNodes(ChoiceTree tree, int position, int first, int end, float[][] scores)
    {
        _batch.Clear();
        for (int n = first; n < end; n++)
        {
            ChoiceTree.Node node = tree[n];
            _batch.Add(node.Token, position + node.Depth, CollectionsMarshal.AsSpan(node.Sequences), output: true);
        }

        Decode();
        for (int n = first; n < end; n++)
        {
            ReadOnlySpan<float> logits = Logits(n - first);
            float normaliser = Normaliser(logits);
            foreach ((int choice, int next) in tree[n].Next)
            {
                scores[choice][tree[n].Depth + 1] = logits[next] - normaliser;
            }
        }
    }
}
