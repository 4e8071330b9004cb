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

    /// <summary>As many choices as sequences, batch and cells allow; at least one.</summary>
    private int GroupEnd(IReadOnlyList<int[]> choices, int start)
    {
        int end = start;
        int nodes = 0;
        while (end < choices.Count && end - start < _limits.ScoringSequences)
        {
            nodes += Math.Max(choices[end].Length - 1, 0);
            if (nodes > MostNodes && end > start)
            {
                break;
            }

            end++;
        }

        while (_cells.Free < Math.Min(nodes, MostNodes) && OldestKept(s => s.Length > 0) is { } kept)
        {
            Truncate(kept, 0);
        }

        return end;
    }

    private void ScoreGroup(KvSequence prompt, IReadOnlyList<int[]> choices, int start, int end, float[][] scores)
    {
        // A node is a prefix of one or more choices; its last token's logits score the next token of each of them.
        List<List<int>> nodes = [];
        Dictionary<(int Parent, int Token), int> children = [];
        List<int>[] paths = new List<int>[end - start];
        for (int i = start; i < end; i++)
        {
            List<int> path = paths[i - start] = [];
            int parent = -1;
            foreach (int token in choices[i].AsSpan()[..Math.Max(choices[i].Length - 1, 0)])
            {
                if (!children.TryGetValue((parent, token), out int node))
                {
                    node = nodes.Count;
                    nodes.Add([]);
                    children.Add((parent, token), node);
                }

                nodes[node].Add(_limits.Sequences + i - start);
                path.Add(node);
                parent = node;
            }
        }

        if (nodes.Count == 0)
        {
            return;
        }

        DecodeTree(prompt, choices, start, paths, nodes);
        for (int i = start; i < end; i++)
        {
            List<int> path = paths[i - start];
            for (int k = 0; k < path.Count; k++)
            {
                scores[i][k + 1] = Sampler.Logprob(Logits(path[k]), choices[i][k + 1], _scratch);
            }
        }

        for (int i = start; i < end; i++)
        {
            Interop.Llama.llama_memory_seq_rm(_memory, _limits.Sequences + i - start, -1, -1);
        }
    }

    private void DecodeTree(KvSequence prompt, IReadOnlyList<int[]> choices, int start, List<int>[] paths, List<List<int>> nodes)
    {
        for (int i = 0; i < paths.Length; i++)
        {
            Interop.Llama.llama_memory_seq_cp(_memory, prompt.Id, _limits.Sequences + i, 0, prompt.Length);
        }

        // Nodes are numbered in the order of their first choice, so that a parent always comes before its children.
        _batch.Clear();
        int next = 0;
        for (int i = 0; i < paths.Length; i++)
        {
            for (int k = 0; k < paths[i].Count; k++)
            {
                if (paths[i][k] == next)
                {
                    _batch.Add(choices[start + i][k], prompt.Length + k, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(nodes[next]), output: true);
                    next++;
                }
            }
        }

        Decode();
    }
}
