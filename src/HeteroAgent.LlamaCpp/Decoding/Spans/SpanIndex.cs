using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>
/// The places of a text where a span may start and end, ordered so that all places that continue alike lie side by side.
/// A word is a run of letters, digits and combining marks; of scripts written without spaces each character is a word, and so
/// is every other character that is not white space. A span starts where a word starts and ends where one ends. Immutable.
/// </summary>
internal sealed class SpanIndex
{
    /// <summary>The bytes of the longest span.</summary>
    public const int MaxSpanLength = 4096;

    private readonly string _source;
    private readonly ConcurrentDictionary<SpanValueNode, ByteAutomaton> _values = new();
    private readonly byte[] _text;
    private readonly Lazy<int[]> _ordered;
    private readonly int[] _nextEnd;
    private readonly int[] _characterAt;
    private readonly int[] _offsetOf;
    private readonly int[] _written;

    /// <summary>Indexes a text. A lone surrogate counts as U+FFFD.</summary>
    public SpanIndex(string source)
    {
        _source = source;
        _text = Encoding.UTF8.GetBytes(source);
        _characterAt = new int[_text.Length + 1];
        _written = new int[_text.Length + 1];
        _nextEnd = new int[_text.Length + 1];
        var offsets = new List<int>();
        var starts = new List<int>();
        bool[] ends = new bool[_text.Length + 1];
        bool inWord = false;
        for (int at = 0; at < _text.Length;)
        {
            Rune.DecodeFromUtf8(_text.AsSpan(at), out Rune rune, out int length);
            bool letter = IsWordCharacter(rune);
            bool space = Rune.IsWhiteSpace(rune);
            if (inWord && !letter)
            {
                ends[at] = true;
            }

            if (!space && !(inWord && letter))
            {
                starts.Add(at);
            }

            inWord = letter;
            for (int i = 0; i < length; i++)
            {
                _characterAt[at + i] = offsets.Count;
                _written[at + i + 1] = _written[at + i] + JsonText.WrittenLength(_text[at + i]);
            }

            offsets.Add(at);
            at += length;
            if (!space && !letter)
            {
                ends[at] = true;
            }
        }

        ends[^1] |= inWord;
        _characterAt[^1] = offsets.Count;
        offsets.Add(_text.Length);
        _offsetOf = [.. offsets];
        int next = int.MaxValue;
        for (int at = _text.Length; at >= 0; at--)
        {
            next = ends[at] ? at : next;
            _nextEnd[at] = next;
        }

        _ordered = new(() =>
        {
            int[] ordered = [.. starts];
            Array.Sort(ordered, (x, y) => Head(x).SequenceCompareTo(Head(y)));
            return ordered;
        });
    }

    /// <summary>The number of places where a span may start.</summary>
    public int Count => Starts.Length;

    /// <summary>The numbers or dates of the source that a node takes, found once.</summary>
    public ByteAutomaton Values(SpanValueNode node) => _values.GetOrAdd(node, static (n, source) =>
    {
        var builder = new ByteAutomatonBuilder();
        foreach (byte[] literal in n.Literals(source))
        {
            builder.AddLiteral(literal);
        }

        return builder.Build();
    }, _source);

    // Ordered when first asked for: a grammar may have values only.
    private int[] Starts => _ordered.Value;

    /// <summary>Of the places low to high (excluded) that agree on their first <paramref name="length"/> bytes: those whose next byte is <paramref name="next"/>.</summary>
    public (int Low, int High) Narrow(int low, int high, int length, byte next)
    {
        int from = LowerBound(low, high, length, next);
        return (from, LowerBound(from, high, length, next + 1));
    }

    /// <summary>Whether a span of this length may end, with so many characters at least and at most.</summary>
    public bool CanEnd(int low, int high, int length, int minLength, int maxLength)
    {
        int start = Starts[low];
        int characters = _characterAt[start + length] - _characterAt[start];
        if (length == 0 || characters < minLength || characters > maxLength)
        {
            return false;
        }

        for (int i = low; i < high; i++)
        {
            if (_nextEnd[Starts[i] + length] == Starts[i] + length)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The fewest bytes, as JSON writes them, from this length to a place where the span may end, or <see cref="Lengths.Infinite"/>.</summary>
    public int Minimum(int low, int high, int length, int minLength, int maxLength)
    {
        int least = Lengths.Infinite;
        for (int i = low; i < high && least > 0; i++)
        {
            int start = Starts[i];
            int first = _characterAt[start];
            if (first + minLength >= _offsetOf.Length)
            {
                continue;
            }

            int end = _nextEnd[Math.Max(start + Math.Max(1, length), _offsetOf[first + minLength])];
            if (end != int.MaxValue && end - start <= MaxSpanLength && _characterAt[end] - first <= maxLength)
            {
                least = Math.Min(least, _written[end] - _written[start + length]);
            }
        }

        return least;
    }

    private int LowerBound(int low, int high, int length, int value)
    {
        while (low < high)
        {
            int middle = (low + high) / 2;
            int at = Starts[middle] + length;
            if ((at < _text.Length ? _text[at] : -1) < value)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private ReadOnlySpan<byte> Head(int start) => _text.AsSpan(start, Math.Min(MaxSpanLength + 1, _text.Length - start));

    private static bool IsWordCharacter(Rune rune)
    {
        if (IsWrittenWithoutSpaces(rune.Value))
        {
            return false;
        }

        return Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.LetterNumber;
    }

    // Thai, Lao; Myanmar; Khmer; kana and Bopomofo; Han with its extensions.
    private static bool IsWrittenWithoutSpaces(int value) => value
        is (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF) or (>= 0x3040 and <= 0x312F)
        or (>= 0x31F0 and <= 0x31FF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);
}
