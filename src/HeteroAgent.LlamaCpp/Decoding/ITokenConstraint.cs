namespace HeteroAgent.LlamaCpp;

/// <summary>Says which tokens may come next. It belongs to one request and is used by one thread at a time.</summary>
internal interface ITokenConstraint
{
    /// <summary>Whether the text so far is a whole document, so that generation may end here.</summary>
    bool IsComplete { get; }

    /// <summary>Whether nothing more may follow.</summary>
    bool MustEnd { get; }

    /// <summary>Whether nothing is constrained at this point, so that every token may come, end of generation included.</summary>
    bool IsFree { get; }

    /// <summary>Whether a token may come next and leaves the document closable in the tokens that then remain.</summary>
    bool Accepts(int token, int remainingTokens);

    /// <summary>Sets the bit of every token that may come next, those that end a generation where <see cref="IsComplete"/> included, and clears the others.</summary>
    void FillMask(Span<ulong> mask, int remainingTokens);

    /// <summary>Moves on by a token that <see cref="Accepts"/> allowed.</summary>
    void Advance(int token);
}
