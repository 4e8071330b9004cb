namespace HeteroAgent.LlamaCpp;

/// <summary>What the states of one grammar share: the vocabulary, the span source, the shortest lengths and the masks already computed.</summary>
internal sealed class GrammarContext
{
    private readonly MinimumTable _minimum;

    /// <summary>Creates the context of a grammar over a vocabulary.</summary>
    public GrammarContext(TokenVocabulary vocabulary, MinimumTable minimum)
    {
        Vocabulary = vocabulary;
        _minimum = minimum;
        Masks = new MaskCache();
    }

    /// <summary>The tokens.</summary>
    public TokenVocabulary Vocabulary { get; }

    /// <summary>The masks already computed.</summary>
    public MaskCache Masks { get; }

    /// <summary>The words of the span source; a grammar with spans has no context without one.</summary>
    public SpanIndex Spans => _minimum.Spans ?? throw new InvalidOperationException("The grammar has a span and no span source was given.");

    /// <summary>The bytes of a node's shortest value where <paramref name="rest"/> follows it.</summary>
    public int Shortest(GrammarNode node, Continuation rest) => _minimum[node, JsonGrammar.MaxDepth - rest.Open];

    /// <summary>The bytes of the shortest value of a node inside a container that <paramref name="rest"/> follows.</summary>
    public int ShortestInside(GrammarNode node, Continuation rest) => _minimum[node, JsonGrammar.MaxDepth - rest.Open - 1];

    /// <summary>The shortest lengths of values inside a container that <paramref name="rest"/> follows.</summary>
    public ValueLengths Inside(Continuation rest) => new(_minimum, JsonGrammar.MaxDepth - rest.Open - 1);

    /// <summary>Whether a value can be finished where <paramref name="rest"/> follows it.</summary>
    public bool CanStart(GrammarNode node, Continuation rest) => Shortest(node, rest) < Lengths.Infinite;
}
