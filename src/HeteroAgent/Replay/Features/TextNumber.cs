using System.Globalization;

namespace HeteroAgent;

/// <summary>A number that stands in a text.</summary>
/// <param name="Value">Its value; of 25 % it is 25.</param>
/// <param name="Start">Where it starts.</param>
/// <param name="End">Where the text goes on.</param>
/// <param name="IsPercent">Whether a percent sign follows.</param>
internal readonly record struct TextNumber(double Value, int Start, int End, bool IsPercent)
{
    private const string WordValues =
        "one 1 two 2 three 3 four 4 five 5 six 6 seven 7 eight 8 nine 9 ten 10 eleven 11 twelve 12 fifteen 15 twenty 20 thirty 30 forty 40 fifty 50 hundred 100 half 0.5 third 3 quarter 4 quarters 4 "
        + "twice 2 double 2 doubled 2 thrice 3 triple 3 tripled 3 dozen 12 dozens 12 couple 2 pair 2 once 1 first 1 second 2 fourth 4 fifth 5 week 7 weeks 7 weekly 7";

    private static readonly Dictionary<string, double> Words =
        WordValues.Split(' ').Chunk(2).ToDictionary(p => p[0], p => double.Parse(p[1], CultureInfo.InvariantCulture), StringComparer.OrdinalIgnoreCase);

    /// <summary>The numbers in digits: 1,234.5, .5, 3. A number too large for a double is left out.</summary>
    internal static List<TextNumber> Find(string text)
    {
        List<TextNumber> numbers = [];
        for (int i = 0; i < text.Length; i++)
        {
            bool starts = char.IsAsciiDigit(text[i]) || (text[i] == '.' && i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]));
            if (!starts)
            {
                continue;
            }

            int end = i;
            bool point = false;
            while (end < text.Length)
            {
                char c = text[end];
                bool digitNext = end + 1 < text.Length && char.IsAsciiDigit(text[end + 1]);
                bool goesOn = char.IsAsciiDigit(c) || (c == '.' && !point && digitNext) || (c == ',' && !point && digitNext && IsThousands(text, end));
                if (!goesOn)
                {
                    break;
                }

                point |= c == '.';
                end++;
            }

            if (double.TryParse(text.AsSpan(i, end - i), NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value))
            {
                numbers.Add(new TextNumber(value, i, end, end < text.Length && text[end] == '%'));
            }

            i = end - 1;
        }

        return numbers;
    }

    /// <summary>The values that the words of a text name, such as twice or a dozen.</summary>
    internal static IEnumerable<double> FindWords(IEnumerable<string> words) => words.Where(Words.ContainsKey).Select(w => Words[w]);

    private static bool IsThousands(string text, int comma) =>
        comma + 3 < text.Length && char.IsAsciiDigit(text[comma + 1]) && char.IsAsciiDigit(text[comma + 2]) && char.IsAsciiDigit(text[comma + 3])
        && (comma + 4 >= text.Length || !char.IsAsciiDigit(text[comma + 4]));
}
