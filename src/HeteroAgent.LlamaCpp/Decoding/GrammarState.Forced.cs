namespace HeteroAgent.LlamaCpp;

internal sealed partial class GrammarState
{
    /// <summary>The one byte that may come next, or -1 where several may, none may, or the document may end here.</summary>
    public int ForcedByte
    {
        get
        {
            if (IsComplete)
            {
                return -1;
            }

            // From the characters of text on: inside a string the second one already ends the search.
            PositionList scratch = _scratch ??= new PositionList();
            Span<byte> text = stackalloc byte[1];
            int forced = -1;
            for (int i = 0; i < 256; i++)
            {
                int value = (i + ' ') & 0xFF;
                text[0] = (byte)value;
                if (Read(scratch, text) >= 0)
                {
                    if (forced >= 0)
                    {
                        return -1;
                    }

                    forced = value;
                }
            }

            return forced;
        }
    }

    /// <summary>Whether text may come next, whatever tokens it is made of.</summary>
    public bool AcceptsText(ReadOnlySpan<byte> text) => Read(_scratch ??= new PositionList(), text) >= 0;

    ITokenConstraint ITokenConstraint.Fork() => Clone();

    void ITokenConstraint.AdvanceText(ReadOnlySpan<byte> text)
    {
        if (!TryAcceptBytes(text))
        {
            throw new ArgumentException($"The text \"{System.Text.Encoding.UTF8.GetString(text)}\" may not come next; one that AcceptsText allowed is accepted.", nameof(text));
        }
    }
}
