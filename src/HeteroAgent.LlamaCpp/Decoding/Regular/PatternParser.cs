using System.Globalization;
using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>
/// Reads a regular expression of ECMA-262 with the Unicode flag, which is the dialect of JSON Schema's <c>pattern</c>: the part
/// of it that a finite automaton can follow. Not read: back references, word boundaries, lookbehind.
/// </summary>
internal sealed class PatternParser
{
    private const int MaxRepetitions = 2_000;
    private const int MaxDepth = 200;

    private readonly int[] _text;
    private int _at;
    private int _depth;

    private PatternParser(string pattern) => _text = [.. pattern.EnumerateRunes().Select(r => r.Value)];

    private int Current => _at < _text.Length ? _text[_at] : -1;

    /// <summary>Reads an expression.</summary>
    /// <exception cref="PatternException">It is malformed or not supported.</exception>
    public static PatternNode Parse(string pattern)
    {
        var parser = new PatternParser(pattern);
        PatternNode node = parser.Alternatives();
        return parser.Current < 0 ? node : throw parser.Malformed("a closing parenthesis that nothing opens");
    }

    private PatternNode Alternatives()
    {
        if (++_depth > MaxDepth)
        {
            throw Unsupported($"groups nested deeper than {MaxDepth}");
        }

        var parts = new List<PatternNode> { Sequence() };
        while (Take('|'))
        {
            parts.Add(Sequence());
        }

        _depth--;
        return parts.Count == 1 ? parts[0] : new PatternNode.Alternatives(parts);
    }

    private PatternNode Sequence()
    {
        var parts = new List<PatternNode>();
        while (Current is not (-1 or '|' or ')'))
        {
            parts.Add(Quantified(Atom()));
        }

        return parts.Count == 1 ? parts[0] : new PatternNode.Sequence(parts);
    }

    private PatternNode Quantified(PatternNode atom)
    {
        (int least, int most)? bounds = Current switch
        {
            '*' => (0, int.MaxValue),
            '+' => (1, int.MaxValue),
            '?' => (0, 1),
            '{' => Counted(),
            _ => null,
        };
        if (bounds is not { } found)
        {
            return atom;
        }

        if (atom is PatternNode.Start or PatternNode.End or PatternNode.Lookahead)
        {
            throw Malformed("a repetition of an assertion");
        }

        _at++;
        Take('?'); // Lazy or not, the texts that match are the same.
        if (Current is '*' or '+' or '?')
        {
            throw Malformed("a repetition of a repetition");
        }

        return new PatternNode.Repetition(atom, found.least, found.most);
    }

    // Leaves the place on the closing brace.
    private (int Least, int Most) Counted()
    {
        _at++;
        int least = Number() ?? throw Malformed("a brace that opens no count");
        int most = Take(',') ? Number() ?? int.MaxValue : least;
        if (Current != '}' || most < least)
        {
            throw Malformed("a count that is not {n}, {n,} or {n,m}");
        }

        return least > MaxRepetitions || (most != int.MaxValue && most > MaxRepetitions) ? throw Unsupported($"a count above {MaxRepetitions}") : (least, most);
    }

    private int? Number()
    {
        int start = _at;
        long value = 0;
        while (Current is >= '0' and <= '9')
        {
            value = Math.Min((value * 10) + Current - '0', int.MaxValue - 1);
            _at++;
        }

        return _at == start ? null : (int)value;
    }

    private PatternNode Atom()
    {
        int value = Current;
        _at++;
        switch (value)
        {
            case '^':
                return new PatternNode.Start();
            case '$':
                return new PatternNode.End();
            case '.':
                return new PatternNode.Characters(CharacterSet.Dot);
            case '[':
                return new PatternNode.Characters(Class());
            case '(':
                return Group();
            case '\\':
                return Escape();
            case '*' or '+' or '?':
                throw Malformed("a repetition of nothing");
            default:
                return new PatternNode.Characters(CharacterSet.Of((value, value)));
        }
    }

    private PatternNode Group()
    {
        bool? negated = null;
        if (Take('?'))
        {
            int kind = Current;
            _at++;
            switch (kind)
            {
                case ':':
                    break;
                case '=' or '!':
                    negated = kind == '!';
                    break;
                case '<' when Current is not ('=' or '!'):
                    while (Current != '>')
                    {
                        _at = Current < 0 ? throw Malformed("a group whose name does not end") : _at + 1;
                    }

                    _at++;
                    break;
                case '<':
                    throw Unsupported("a lookbehind");
                default:
                    throw Malformed("an unknown kind of group");
            }
        }

        PatternNode inside = Alternatives();
        if (!Take(')'))
        {
            throw Malformed("a group that does not end");
        }

        return negated is { } not ? new PatternNode.Lookahead(inside, not) : inside;
    }

    private PatternNode.Characters Escape()
    {
        if (Current is 'b' or 'B')
        {
            throw Unsupported("a word boundary");
        }

        if (Current is (>= '1' and <= '9') or 'k')
        {
            throw Unsupported("a back reference");
        }

        return new PatternNode.Characters(EscapedSet(out _));
    }

    private CharacterSet Class()
    {
        bool negated = Take('^');
        var ranges = new List<(int, int)>();
        while (!Take(']'))
        {
            CharacterSet set = ClassAtom(out int? first);
            if (first is { } low && Current == '-' && _at + 1 < _text.Length && _text[_at + 1] != ']')
            {
                _at++;
                CharacterSet upper = ClassAtom(out int? last);
                if (last is not { } high || high < low)
                {
                    throw Malformed("a range whose end does not follow its start");
                }

                ranges.Add((low, high));
            }
            else
            {
                ranges.AddRange(set.Ranges);
            }
        }

        CharacterSet all = CharacterSet.Of(ranges);
        return negated ? all.Complement() : all;
    }

    private CharacterSet ClassAtom(out int? value)
    {
        int next = Current;
        _at++;
        switch (next)
        {
            case < 0:
                throw Malformed("a class that does not end");
            case '\\' when Take('b'):
                value = 8;
                return CharacterSet.Of((8, 8));
            case '\\':
                return EscapedSet(out value);
            default:
                value = next;
                return CharacterSet.Of((next, next));
        }
    }

    // What a backslash, already read, stands for; the value where it is one code point.
    private CharacterSet EscapedSet(out int? value)
    {
        int kind = Current;
        _at++;
        value = null;
        switch (kind)
        {
            case < 0:
                throw Malformed("a backslash at the end");
            case 'd':
                return CharacterSet.Digit;
            case 'D':
                return CharacterSet.Digit.Complement();
            case 'w':
                return CharacterSet.Word;
            case 'W':
                return CharacterSet.Word.Complement();
            case 's':
                return CharacterSet.Space;
            case 'S':
                return CharacterSet.Space.Complement();
            case 'p' or 'P':
                return Category(negated: kind == 'P');
            case 'u' or 'x':
                value = Hexadecimal(kind);
                break;
            case 'c' when Current is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'):
                value = _text[_at++] & 31;
                break;
            default:
                value = kind switch { 't' => 9, 'n' => 10, 'v' => 11, 'f' => 12, 'r' => 13, '0' => 0, _ => kind };
                if (value == kind && char.IsAsciiLetterOrDigit((char)Math.Min(kind, char.MaxValue)))
                {
                    throw Unsupported($"the escape \\{new Rune(kind)}");
                }

                break;
        }

        return CharacterSet.Of((value.Value, value.Value));
    }

    private int Hexadecimal(int kind)
    {
        bool braced = kind == 'u' && Take('{');
        int length = braced ? int.MaxValue : kind == 'u' ? 4 : 2;
        var digits = new StringBuilder();
        while (digits.Length < length && Current is >= 0 and < 128 && char.IsAsciiHexDigit((char)Current))
        {
            digits.Append((char)_text[_at++]);
        }

        if (digits.Length == 0 || digits.Length > 6 || (braced ? !Take('}') : digits.Length < length))
        {
            throw Malformed("an escape with too few or too many hexadecimal digits");
        }

        int value = int.Parse(digits.ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if (value is >= 0xD800 and <= 0xDBFF && _at + 6 <= _text.Length && _text[_at] == '\\' && _text[_at + 1] == 'u')
        {
            _at += 2;
            int low = Hexadecimal('x') << 8 | Hexadecimal('x');
            value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00);
        }

        return Rune.IsValid(value) ? value : throw Unsupported("a lone surrogate");
    }

    private CharacterSet Category(bool negated)
    {
        if (!Take('{'))
        {
            throw Malformed("a property without its name in braces");
        }

        var name = new StringBuilder();
        while (Current is not ('}' or -1))
        {
            name.Append(new Rune(_text[_at++]));
        }

        _at++;
        string category = name.ToString();
        category = category.StartsWith("General_Category=", StringComparison.Ordinal) ? category[17..] : category.StartsWith("gc=", StringComparison.Ordinal) ? category[3..] : category;
        CharacterSet set = CharacterSet.OfCategory(category) ?? throw Unsupported($"the property {name}");
        return negated ? set.Complement() : set;
    }

    private bool Take(int value)
    {
        if (Current != value)
        {
            return false;
        }

        _at++;
        return true;
    }

    private PatternException Malformed(string what) => new($"{what}, at character {Math.Min(_at, _text.Length)}", isUnsupported: false);

    private PatternException Unsupported(string what) => new($"{what}, before character {Math.Min(_at, _text.Length)}", isUnsupported: true);
}
