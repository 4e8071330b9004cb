namespace HeteroAgent.LlamaCpp;

internal sealed partial class LlamaScheduler
{
    // The nodes of one tree, each of which yields a row of logits.
    private const int MostNodes = 128;

    /// <summary>Scores the first token of every choice from the logits behind the prompt.</summary>
    private void ScoreFirstTokens(GenerationRequest request)
    {
        ReadOnlySpan<float> logits = Logits(request.OutputIndex);
        float normaliser = Sampler.LogSumExp(logits, _scratch);
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
            int end = GroupEnd(choices, start);
            ScoreGroup(request.Sequence!, choices, start, end, request.ChoiceScores!);
            start = end;
        }

        Finish(request, GenerationFinish.Stop);
    }

    /// <summary>As many choices as sequences and cells allow; at least one.</summary>
    private int GroupEnd(IReadOnlyList<int[]> choices, int start)
    {
        int end = start + 1;
        int nodes = Math.Max(choices[start].Length - 1, 0);
        while (_cells.Free < nodes && OldestKept(s => s.Length > 0) is { } kept)
        {
            Truncate(kept, 0);
        }

        while (end < choices.Count && end - start < _limits.ScoringSequences)
        {
            nodes += Math.Max(choices[end].Length - 1, 0);
            if (nodes > Math.Min(MostNodes, _cells.Free))
            {
                break;
            }

            end++;
        }

        return end;
    }

    private void ScoreGroup(KvSequence prompt, IReadOnlyList<int[]> choices, int start, int end, float[][] scores)
    {
        List<ChoiceNode> nodes = ChoiceTree(choices, start, end);
        try
        {
            for (int i = start; i < end; i++)
            {
                Interop.Llama.llama_memory_seq_cp(_memory, prompt.Id, Scoring(i - start), 0, prompt.Length);
            }

            foreach (ChoiceNode[] chunk in nodes.Chunk(Math.Min(MostNodes, _limits.BatchSize)))
            {
                _batch.Clear();
                foreach (ChoiceNode node in chunk)
                {
                    _batch.Add(node.Token, prompt.Length + node.Depth, [.. node.Choices.Select(i => Scoring(i - start))], output: true);
                }

                if (!Decode())
                {
                    return;
                }

                for (int row = 0; row < chunk.Length; row++)
                {
                    ReadOnlySpan<float> logits = Logits(row);
                    float normaliser = Sampler.LogSumExp(logits, _scratch);
                    foreach (int i in chunk[row].Choices)
                    {
                        scores[i][chunk[row].Depth + 1] = logits[choices[i][chunk[row].Depth + 1]] - normaliser;
                    }
                }
            }
        }
        finally
        {
            for (int i = start; i < end; i++)
            {
                Interop.Llama.llama_memory_seq_rm(_memory, Scoring(i - start), -1, -1);
            }
        }
    }

    /// <summary>The sequence id of a choice of the group that is being scored.</summary>
    private int Scoring(int index) => _limits.Sequences + index;

    /// <summary>Every prefix that one or more choices of the group share, each once, a parent before its children; whole choices need no node.</summary>
    private static List<ChoiceNode> ChoiceTree(IReadOnlyList<int[]> choices, int start, int end)
    {
        List<ChoiceNode> nodes = [];
        Dictionary<(int Parent, int Token), int> children = [];
        for (int i = start; i < end; i++)
        {
            int parent = -1;
            for (int depth = 0; depth < choices[i].Length - 1; depth++)
            {
                int token = choices[i][depth];
                if (!children.TryGetValue((parent, token), out int node))
                {
                    node = nodes.Count;
                    nodes.Add(new ChoiceNode(token, depth, []));
                    children.Add((parent, token), node);
                }

                nodes[node].Choices.Add(i);
                parent = node;
            }
        }

        return nodes;
    }

    /// <summary>A token of the tree of choices: its depth, and the choices that pass through it.</summary>
    private readonly record struct ChoiceNode(int Token, int Depth, List<int> Choices);
}
