using System.Text;

namespace HeteroAgent;

/// <summary>Rewrites LaTeX and typographic mathematics as plain text that one scanner can read: <c>\frac{1}{2}</c> becomes <c>((1)/(2))</c>, <c>×</c> becomes <c>*</c>. One pass, linear in the text.</summary>
internal static class MathText
{
    /// <summary>Stands for a thing that the arithmetic cannot follow.</summary>
    public const char Opaque = '\u0001';

    private const string Vulgar = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞";
    private static readonly string[] VulgarText = ["1/2", "1/3", "2/3", "1/4", "3/4", "1/5", "2/5", "3/5", "4/5", "1/6", "5/6", "1/8", "3/8", "5/8", "7/8"];
    private const string Superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    public static string Normalize(string text)
    {
        var output = new StringBuilder(text.Length + 16);
        var closers = new Stack<string>();
        bool numeratorDone = false;
        string? opener = null;
        string? closer = null;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '{')
            {
                if (text.AsSpan(i).StartsWith("{,}"))
                {
                    _ = output.Append(',');
                    i += 2;
                    continue;
                }

                if (numeratorDone)
                {
                    closers.Push("))");
                    numeratorDone = false;
                    continue;
                }

                _ = output.Append(opener ?? "(");
                closers.Push(closer ?? ")");
                opener = closer = null;
                continue;
            }

            if (c == '}')
            {
                string close = closers.Count > 0 ? closers.Pop() : " ";
                if (close == ")/(")
                {
                    bool another = NextIs(text, i + 1, '{');
                    _ = output.Append(another ? ")/(" : ")) ");
                    numeratorDone = another;
                }
                else
                {
                    _ = output.Append(close);
                }

                continue;
            }

            if (c == '\\' && i + 1 < text.Length)
            {
                int length = CommandLength(text, i);
                ReadOnlySpan<char> name = text.AsSpan(i + 1, length - 1);
                if (name is "frac" or "dfrac" or "tfrac" or "cfrac")
                {
                    if (NextIs(text, i + length, '{'))
                    {
                        (opener, closer) = ("((", ")/(");
                    }
                    else if (i + length + 1 < text.Length && char.IsAsciiDigit(text[i + length]) && char.IsAsciiDigit(text[i + length + 1]))
                    {
                        _ = output.Append('(').Append(text[i + length]).Append('/').Append(text[i + length + 1]).Append(')');
                        length += 2;
                    }
                    else
                    {
                        _ = output.Append(Opaque);
                    }
                }
                else if (name is "sqrt")
                {
                    (opener, closer) = NextIs(text, i + length, '{') ? (" sqrt(", ")") : (null, null);
                    _ = output.Append(opener is null ? $" {Opaque}" : string.Empty);
                }
                else if (name is "text" or "textbf" or "textit" or "mathrm" or "mathbf" or "operatorname" or "textrm" or "mbox" or "boxed" or "fbox" or "emph")
                {
                    (opener, closer) = NextIs(text, i + length, '{') ? (" ", " ") : (null, null);
                }
                else
                {
                    _ = output.Append(Command(name));
                }

                i += length - 1;
                continue;
            }

            if (c == '^')
            {
                (opener, closer) = NextIs(text, i + 1, '{') ? ("(", ")") : (null, null);
                _ = output.Append('^');
                continue;
            }

            if (!char.IsWhiteSpace(c))
            {
                opener = closer = null;
                numeratorDone = false;
            }

            AppendCharacter(output, text, ref i);
        }

        return output.ToString();
    }

    private static bool NextIs(string text, int index, char wanted)
    {
        while (index < text.Length && text[index] == ' ')
        {
            index++;
        }

        return index < text.Length && text[index] == wanted;
    }

    private static int CommandLength(string text, int start)
    {
        int end = start + 1;
        while (end < text.Length && char.IsAsciiLetter(text[end]))
        {
            end++;
        }

        return end == start + 1 ? 2 : end - start;
    }

    private static string Command(ReadOnlySpan<char> name) => name switch
    {
        "times" or "cdot" or "ast" or "*" => " * ",
        "div" => " / ",
        "approx" or "simeq" or "sim" or "doteq" => " ≈ ",
        "%" => "%",
        "$" => " $",
        "ldots" or "dots" or "cdots" => " … ",
        "left" or "right" or "big" or "Big" or "bigl" or "bigr" or "displaystyle" => string.Empty,
        "," or ";" or "!" or ":" or " " or "quad" or "qquad" or "&" => " ",
        "(" or ")" => " \u0002 ",
        "[" or "]" => " ; ",
        "\\" or "begin" or "end" or "implies" or "Rightarrow" or "rightarrow" or "to" or "therefore" or "iff" or "Longrightarrow" => " ; ",
        "leq" or "le" or "geq" or "ge" or "neq" or "ne" or "equiv" or "lt" or "gt" => " ≠ ",
        "circ" or "degree" => " ",
        "n" => " ; ",
        _ => " " + Opaque + " ",
    };

    private static void AppendCharacter(StringBuilder output, string text, ref int i)
    {
        char c = text[i];
        int vulgar = Vulgar.IndexOf(c);
        int super = Superscripts.IndexOf(c);
        if (vulgar >= 0)
        {
            // 2½ is two and a half.
            bool mixed = i > 0 && char.IsAsciiDigit(text[i - 1]);
            _ = output.Append(mixed ? " " : string.Empty).Append(VulgarText[vulgar]);
        }
        else if (super >= 0)
        {
            _ = output.Append('^').Append((char)('0' + super));
        }
        else if (c == '*' && i + 1 < text.Length && text[i + 1] == '*')
        {
            bool power = i > 0 && char.IsAsciiDigit(text[i - 1]) && i + 2 < text.Length && char.IsAsciiDigit(text[i + 2]);
            _ = output.Append(power ? "^" : " ");
            i++;
        }
        else if (c is '<' or '>' && i + 1 < text.Length && text[i + 1] == c)
        {
            // GSM8K's marks: <<3*20=60>>.
            _ = output.Append(" ; ");
            i++;
        }
        else if (c == '.' && text.AsSpan(i).StartsWith("..."))
        {
            _ = output.Append(" … ");
            i += 2;
        }
        else
        {
            _ = output.Append(c switch
            {
                '×' or '·' or '∗' or '⋅' or '•' when c != '•' => '*',
                '•' => ';',
                '÷' or '⁄' or '∕' => '/',
                '−' or '–' => '-',
                '—' or '→' or '⇒' => ';',
                '≤' or '≥' or '≡' or '<' or '>' => '≠',
                '\u00A0' or '\u202F' or '\u2009' or '°' or '`' => ' ',
                '$' or '€' or '£' or '¥' or '₹' => '$',
                '∑' or '∫' or '√' or '∞' or 'π' or '|' or '_' or '~' => Opaque,
                _ => c,
            });
        }
    }
}
