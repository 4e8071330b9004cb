namespace HeteroAgent.LlamaCpp;

/// <summary>A part of a regular expression.</summary>
internal abstract record PatternNode
{
    /// <summary>One of some code points.</summary>
    internal sealed record Characters(CharacterSet Set) : PatternNode;

    /// <summary>Parts one after the other.</summary>
    internal sealed record Sequence(IReadOnlyList<PatternNode> Parts) : PatternNode;

    /// <summary>One of some parts.</summary>
    internal sealed record Alternatives(IReadOnlyList<PatternNode> Parts) : PatternNode;

    /// <summary>A part so many times; <see cref="int.MaxValue"/> is no bound.</summary>
    internal sealed record Repetition(PatternNode Part, int Least, int Most) : PatternNode;

    /// <summary>The start of the text.</summary>
    internal sealed record Start : PatternNode;

    /// <summary>The end of the text.</summary>
    internal sealed record End : PatternNode;

    /// <summary>What must, or must not, follow.</summary>
    internal sealed record Lookahead(PatternNode Part, bool Negated) : PatternNode;
}
