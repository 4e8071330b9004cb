namespace HeteroAgent.LlamaCpp;

/// <summary>Sequences of tokens as a tree: node 0 is the empty sequence, every other node a prefix of one or more choices. A parent has a lower number than its children. Immutable.</summary>
internal sealed class ChoiceTree
{
    private readonly List<Node> _nodes = [new Node(-1, -1, 0)];
    private readonly int[] _ends;

    /// <summary>Builds the tree of all choices. They may be empty, equal, and prefixes of one another.</summary>
    internal ChoiceTree(IReadOnlyList<int[]> choices)
    {
        _ends = new int[choices.Count];
        Dictionary<(int Parent, int Token), int> children = [];
        for (int i = 0; i < choices.Count; i++)
        {
            int node = 0;
            foreach (int token in choices[i])
            {
                if (!children.TryGetValue((node, token), out int child))
                {
                    child = _nodes.Count;
                    _nodes.Add(new Node(token, node, _nodes[node].Depth + 1));
                    _nodes[node].Children.Add(child);
                    children.Add((node, token), child);
                }

                node = child;
            }

            _nodes[node].Ends++;
            _ends[i] = node;
        }

        for (int n = _nodes.Count - 1; n >= 0; n--)
        {
            Node node = _nodes[n];
            node.Choices = node.Ends + node.Children.Sum(c => _nodes[c].Choices);
        }
    }

    internal int Count => _nodes.Count;

    internal Node this[int number] => _nodes[number];

    /// <summary>The node at which each choice ends.</summary>
    internal IReadOnlyList<int> Ends => _ends;

    /// <summary>One token behind its parent, at a depth that counts tokens.</summary>
    internal sealed class Node(int token, int parent, int depth)
    {
        internal int Token { get; } = token;

        internal int Parent { get; } = parent;

        internal int Depth { get; } = depth;

        internal List<int> Children { get; } = [];

        /// <summary>The choices that end here.</summary>
        internal int Ends { get; set; }

        /// <summary>The choices that end here or below.</summary>
        internal int Choices { get; set; }
    }
}
