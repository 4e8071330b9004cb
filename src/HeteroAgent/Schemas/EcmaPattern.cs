using System.Text;
using System.Text.RegularExpressions;

namespace HeteroAgent;

/// <summary>Turns a regular expression of ECMA 262, which JSON Schema prescribes, into one of .NET's that matches the same.</summary>
internal static class EcmaPattern
{
    // A pattern comes from the schema and may be hostile.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    public static Regex Compile(string pattern)
    {
        string translated = Translate(pattern);
        try
        {
            return new(translated, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, Timeout);
        }
        catch (NotSupportedException)
        {
            // Look-around and back-references need the backtracking engine.
            return new(translated, RegexOptions.CultureInvariant, Timeout);
        }
    }

    private static string Translate(string pattern)
    {
        StringBuilder result = new(pattern.Length + 8);
        bool inClass = false;
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                i += Escape(pattern, i, inClass, result);
                continue;
            }

            if (c == '[' && !inClass && Empty(pattern, i) is { } empty)
            {
                _ = result.Append(empty.Translation);
                i += empty.Length - 1;
                continue;
            }

            // In a class of .NET a second '[' would begin a subtraction after '-'; ECMA takes it literally.
            _ = c switch
            {
                '$' when !inClass => result.Append(@"\z"),
                '.' when !inClass => result.Append(@"(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|[^\n\r\u2028\u2029])"),
                '[' when inClass => result.Append(@"\["),
                _ => result.Append(c),
            };
            inClass = c switch { '[' => true, ']' => false, _ => inClass };
        }

        return result.ToString();
    }

    /// <summary>The class of nothing and the class of everything, which .NET would read on past their end.</summary>
    private static (string Translation, int Length)? Empty(string pattern, int at) =>
        string.CompareOrdinal(pattern, at, "[]", 0, 2) == 0 ? ("(?!)", 2)
        : string.CompareOrdinal(pattern, at, "[^]", 0, 3) == 0 ? (@"[\s\S]", 3)
        : null;

    /// <summary>Writes one escape and returns how many characters after the backslash it took.</summary>
    private static int Escape(string pattern, int at, bool inClass, StringBuilder result)
    {
        char c = pattern[at + 1];
        switch (c)
        {
            case 'd':
                _ = result.Append(inClass ? "0-9" : "[0-9]");
                return 1;
            case 'D':
                _ = result.Append(inClass ? @"\x00-/:-\uFFFF" : "[^0-9]");
                return 1;
            case 'w':
                _ = result.Append(inClass ? "A-Za-z0-9_" : "[A-Za-z0-9_]");
                return 1;
            case 'W':
                _ = result.Append(inClass ? @"\x00-/:-@\[-\^`\{-\uFFFF" : "[^A-Za-z0-9_]");
                return 1;
            case 's':
                _ = result.Append(inClass ? @"\s\uFEFF" : @"[\s\uFEFF]");
                return 1;
            case 'S' when !inClass:
                _ = result.Append(@"[^\s\uFEFF]");
                return 1;
            case '/':
                _ = result.Append('/');
                return 1;
            case 'p' or 'P' when at + 2 < pattern.Length && pattern[at + 2] == '{' && pattern.IndexOf('}', at) is > 0 and int end:
                _ = result.Append('\\').Append(c).Append('{').Append(Category(pattern[(at + 3)..end])).Append('}');
                return end - at;
            case 'u' when at + 2 < pattern.Length && pattern[at + 2] == '{' && pattern.IndexOf('}', at) is > 0 and int end
                && int.TryParse(pattern.AsSpan(at + 3, end - at - 3), System.Globalization.NumberStyles.AllowHexSpecifier, null, out int point) && Rune.IsValid(point):
                foreach (char unit in new Rune(point).ToString())
                {
                    _ = result.Append(@"\u").Append(((int)unit).ToString("X4", System.Globalization.CultureInfo.InvariantCulture));
                }

                return end - at;
            default:
                _ = result.Append('\\').Append(c);
                return 1;
        }
    }

    private static string Category(string name) => name switch
    {
        "Letter" => "L",
        "Lowercase_Letter" => "Ll",
        "Uppercase_Letter" => "Lu",
        "Number" => "N",
        "Decimal_Number" or "digit" => "Nd",
        "Punctuation" => "P",
        "Symbol" => "S",
        "Separator" => "Z",
        _ => name.StartsWith("General_Category=", StringComparison.Ordinal) ? Category(name[17..]) : name.StartsWith("gc=", StringComparison.Ordinal) ? Category(name[3..]) : name,
    };
}
