namespace HeteroAgent.LlamaCpp;

/// <summary>Some choices as a tree of tokens: a node is a prefix of one or more of them, and its logits score the next token of each.</summary>
internal sealed class ChoiceTree
{
    private readonly List<Node> _nodes = [];

    /// <summary>Builds the tree of <c>choices[start..end]</c>, of which the first is decoded into the given sequence and so on.</summary>
    internal ChoiceTree(IReadOnlyList<int[]> choices, int start, int end, int firstSequence)
    {
        Dictionary<(int Parent, int Token), int> children = [];
        for (int i = start; i < end; i++)
        {
            int parent = -1;
            for (int depth = 0; depth < choices[i].Length - 1; depth++)
            {
                int token = choices[i][depth];
                if (!children.TryGetValue((parent, token), out int node))
                {
                    node = _nodes.Count;
                    _nodes.Add(new Node(token, depth));
                    children.Add((parent, token), node);
                }

                _nodes[node].Sequences.Add(firstSequence + i - start);
                _nodes[node].Next.Add((i, choices[i][depth + 1]));
                parent = node;
            }
        }
    }

    internal int Count => _nodes.Count;

    /// <summary>A node; its parent has a lower number.</summary>
    internal Node this[int number] => _nodes[number];

    /// <summary>One token at its depth below the prompt, the sequences that it stands in, and the token that follows in each choice.</summary>
    internal sealed record Node(int Token, int Depth)
    {
        internal List<int> Sequences { get; } = [];

        internal List<(int Choice, int Token)> Next { get; } = [];
    }
}
