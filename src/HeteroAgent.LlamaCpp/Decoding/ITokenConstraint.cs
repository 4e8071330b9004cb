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

    /// <summary>The one byte that may come next, or -1 where several may, none may, or the generation may end here.</summary>
    int ForcedByte => -1;

    /// <summary>A constraint that goes its own way from here, or null where this one cannot be copied: then nothing is forced or drafted.</summary>
    ITokenConstraint? Fork() => null;

    /// <summary>Whether text may come next, whatever tokens it is made of.</summary>
    bool AcceptsText(ReadOnlySpan<byte> text) => false;

    /// <summary>Moves on by text that <see cref="AcceptsText"/> allowed.</summary>
    void AdvanceText(ReadOnlySpan<byte> text) => throw new NotSupportedException();
}
