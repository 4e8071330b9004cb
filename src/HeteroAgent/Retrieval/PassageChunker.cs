namespace HeteroAgent;

/// <summary>Cuts documents into passages.</summary>
/// <remarks>
/// <para>A text is cut at the strongest boundary that makes the parts fit: a Markdown heading, an empty line, a line, a sentence, a word, and only then anywhere, though never inside a surrogate pair. A heading stays with what follows it, and a fenced code block knows only lines. Small neighbours are joined as long as they fit.</para>
/// <para>The passages stand in the order of the text, and together they hold every character of it that is not white space.</para>
/// <para>Immutable and safe for concurrent use as far as <see cref="Measure"/> is.</para>
/// </remarks>
public sealed class PassageChunker
{
    private readonly int _maxLength = 1000;
    private readonly int _overlap = 100;

    /// <summary>Gets the most that one passage may measure.</summary>
    /// <value>Default 1,000 characters, about 220 English tokens; small encoders were trained on no more.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int MaxLength
    {
        get => _maxLength;
        init => _maxLength = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A passage holds at least 1 character or token.");
    }

    /// <summary>Gets how much of the end of a passage the next one may repeat, so that a thought cut in two is whole in one of them. Nothing is repeated across a heading, and at most half of <see cref="MaxLength"/>.</summary>
    /// <value>Default 100 characters.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int Overlap
    {
        get => _overlap;
        init => _overlap = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "An overlap is at least 0.");
    }

    /// <summary>Gets what measures a text: for example a tokenizer's count. It must not decrease when a text grows.</summary>
    /// <value>Default <see langword="null"/>: the number of UTF-16 code units.</value>
    public Func<string, int>? Measure { get; init; }

    /// <summary>Cuts a document.</summary>
    /// <param name="document">The document; Markdown headings and code fences in its text are understood, plain text is fine.</param>
    /// <returns>The passages in the order of the text, each with the document's title; none where the text is only white space.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="document"/> is <see langword="null"/>.</exception>
    public IReadOnlyList<Passage> Split(SourceDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        TextOutline outline = new(document.Text);
        List<TextRange> ranges = [];
        Cut(outline, outline.Trim(0, document.Text.Length), BoundaryKind.Heading, ranges);
        List<Passage> passages = new(ranges.Count);
        for (int i = 0; i < ranges.Count; i++)
        {
            TextRange range = ranges[i];
            int start = StandsAlone(outline, range.Start) ? range.Start : Extend(outline, range, ranges[i - 1].Start);
            passages.Add(new Passage(start, document.Text[start..range.End]) { Title = document.Title, Heading = outline.HeadingsAt(start) });
        }

        return passages;
    }

    /// <summary>What starts the text or starts with a heading repeats nothing of what came before.</summary>
    private static bool StandsAlone(TextOutline outline, int start) => start == outline.First || outline.Kind(start) == BoundaryKind.Heading;

    private int RepeatedLength => Math.Min(Overlap, MaxLength / 2);

    private void Cut(TextOutline outline, TextRange range, BoundaryKind kind, List<TextRange> ranges)
    {
        if (range.Length == 0)
        {
            return;
        }

        if (Fits(outline, range))
        {
            ranges.Add(range);
            return;
        }

        if (kind == BoundaryKind.None)
        {
            CutAnywhere(outline, range, ranges);
            return;
        }

        TextRange? open = null;
        foreach (TextRange piece in outline.Pieces(range, kind))
        {
            if (open is { } started && Fits(outline, new(started.Start, piece.End)))
            {
                open = new(started.Start, piece.End);
                continue;
            }

            if (open is { } closed)
            {
                ranges.Add(closed);
                open = null;
            }

            if (Fits(outline, piece))
            {
                open = piece;
            }
            else
            {
                Cut(outline, piece, kind - 1, ranges);
            }
        }

        if (open is { } last)
        {
            ranges.Add(last);
        }
    }

    private void CutAnywhere(TextOutline outline, TextRange range, List<TextRange> ranges)
    {
        string text = outline.Text;
        for (int start = range.Start; start < range.End;)
        {
            int low = start + 1;
            int high = (int)Math.Min(range.End, start + (Measure is null ? MaxLength : 16L * MaxLength));
            while (low < high)
            {
                int middle = low + ((high - low + 1) / 2);
                (low, high) = Fits(outline, new(start, middle)) ? (middle, high) : (low, middle - 1);
            }

            int end = low < range.End && char.IsSurrogatePair(text[low - 1], text[low]) ? (low - 1 > start ? low - 1 : low + 1) : low;
            ranges.Add(new(start, end));
            start = end;
        }
    }

    /// <summary>Where the passage starts with what it repeats: at the earliest sentence, or else word, that the overlap reaches.</summary>
    private int Extend(TextOutline outline, TextRange range, int previous)
    {
        if (RepeatedLength == 0)
        {
            return range.Start;
        }

        int sentence = range.Start;
        int word = range.Start;
        for (int p = range.Start - 1; p > previous && Fits(outline.Text, new(p, range.Start), RepeatedLength) && Fits(outline.Text, new(p, range.End), MaxLength); p--)
        {
            BoundaryKind kind = outline.Kind(p);
            if (kind == BoundaryKind.Heading)
            {
                break;
            }

            sentence = kind >= BoundaryKind.Sentence ? p : sentence;
            word = kind >= BoundaryKind.Word ? p : word;
        }

        return sentence < range.Start ? sentence : word;
    }

    private bool Fits(TextOutline outline, TextRange range) =>
        Fits(outline.Text, range, StandsAlone(outline, range.Start) ? MaxLength : Math.Max(1, MaxLength - RepeatedLength));

    private bool Fits(string text, TextRange range, int budget) =>
        Measure is { } measure ? measure(text[range.Start..range.End]) <= budget : range.Length <= budget;
}
