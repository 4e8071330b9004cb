namespace HeteroAgent;

/// <summary>Where the headings, paragraphs, lines, sentences and words of a text start. Markdown is understood as far as headings and code fences go.</summary>
internal sealed class TextOutline
{
    private readonly byte[] _kinds;
    private readonly List<(int Start, int Level, string Text)> _headings = [];

    public TextOutline(string text)
    {
        Text = text;
        TextRange whole = Trim(0, text.Length);
        (First, Last) = (whole.Start, whole.End);
        _kinds = new byte[text.Length];
        for (int i = 1; i < text.Length; i++)
        {
            _kinds[i] = (byte)(!char.IsWhiteSpace(text[i]) && char.IsWhiteSpace(text[i - 1]) ? BoundaryKind.Word : BoundaryKind.None);
        }

        foreach (TextRange sentence in SentenceSplitter.Split(text))
        {
            Mark(sentence.Start, BoundaryKind.Sentence);
        }

        ReadLines();
    }

    public string Text { get; }

    /// <summary>The first character that is not white space.</summary>
    public int First { get; }

    /// <summary>The offset behind the last character that is not white space.</summary>
    public int Last { get; }

    public BoundaryKind Kind(int position) => (BoundaryKind)_kinds[position];

    /// <summary>The pieces of a range between the boundaries of at least a kind, without the white space around them.</summary>
    public IEnumerable<TextRange> Pieces(TextRange range, BoundaryKind kind)
    {
        int start = range.Start;
        for (int p = range.Start + 1; p <= range.End; p++)
        {
            if (p == range.End || Kind(p) >= kind)
            {
                TextRange piece = Trim(start, p);
                if (piece.Length > 0)
                {
                    yield return piece;
                }

                start = p;
            }
        }
    }

    public TextRange Trim(int start, int end)
    {
        while (start < end && char.IsWhiteSpace(Text[start]))
        {
            start++;
        }

        while (end > start && char.IsWhiteSpace(Text[end - 1]))
        {
            end--;
        }

        return new(start, end);
    }

    /// <summary>The headings above a place, the outermost first.</summary>
    public string HeadingsAt(int position)
    {
        List<(int Start, int Level, string Text)> open = [];
        foreach (var heading in _headings)
        {
            if (heading.Start >= position)
            {
                break;
            }

            _ = open.RemoveAll(h => h.Level >= heading.Level);
            open.Add(heading);
        }

        // A heading at the place itself is in the passage, and ends those of its own level.
        if (position < Text.Length && _headings.Find(h => h.Start == position) is { Level: > 0 } own)
        {
            _ = open.RemoveAll(h => h.Level >= own.Level);
        }

        return string.Join(" > ", open.Where(static h => h.Text.Length > 0).Select(static h => h.Text));
    }

    private void ReadLines()
    {
        bool fenced = false;
        bool afterBlank = true;
        bool afterHeading = false;
        for (int start = 0; start < Text.Length;)
        {
            int newline = Text.IndexOf('\n', start);
            int end = newline < 0 ? Text.Length : newline;
            TextRange line = Trim(start, end);
            ReadOnlySpan<char> content = Text.AsSpan(line.Start, line.Length);
            if (content.IsEmpty)
            {
                afterBlank = true;
            }
            else
            {
                bool fence = content.StartsWith("```", StringComparison.Ordinal) || content.StartsWith("~~~", StringComparison.Ordinal);
                int level = fenced || fence ? 0 : HeadingLevel(content);
                if (level > 0)
                {
                    _headings.Add((line.Start, level, content.Trim('#').Trim().ToString()));
                    Mark(line.Start, BoundaryKind.Heading);
                }
                else if (afterHeading)
                {
                    // A heading is not cut off from what it stands above.
                    Unmark(line.Start);
                }
                else
                {
                    Mark(line.Start, afterBlank && !fenced ? BoundaryKind.Paragraph : BoundaryKind.Line);
                }

                afterHeading = level > 0;
                afterBlank = false;
                fenced ^= fence;
            }

            start = end + 1;
        }
    }

    private static int HeadingLevel(ReadOnlySpan<char> line)
    {
        int level = line.IndexOfAnyExcept('#') is var n && n < 0 ? line.Length : n;
        return level is >= 1 and <= 6 && (level == line.Length || char.IsWhiteSpace(line[level])) ? level : 0;
    }

    private void Mark(int position, BoundaryKind kind)
    {
        if (position < Text.Length && Kind(position) < kind)
        {
            _kinds[position] = (byte)kind;
        }
    }

    private void Unmark(int position) => _kinds[position] = (byte)BoundaryKind.Word;
}
