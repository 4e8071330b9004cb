using System.Text;

namespace HeteroAgent;

/// <summary>One record of a CSV file (RFC 4180: quoted fields may hold commas, line ends and doubled quotes).</summary>
/// <param name="Line">The line on which it starts, from 1.</param>
/// <param name="Fields">Its fields.</param>
internal sealed record CsvRecord(int Line, IReadOnlyList<string> Fields)
{
    /// <exception cref="ReplayLogException">A quoted field is not closed, or text follows its end.</exception>
    internal static IEnumerable<CsvRecord> Parse(string text)
    {
        int line = 1;
        int at = 0;
        while (at < text.Length)
        {
            int start = line;
            List<string> fields = [];
            while (true)
            {
                fields.Add(Field(text, ref at, ref line));
                if (at < text.Length && text[at] == ',')
                {
                    at++;
                    continue;
                }

                break;
            }

            if (at < text.Length)
            {
                at += text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n' ? 2 : 1;
                line++;
            }

            yield return new CsvRecord(start, fields);
        }
    }

    private static string Field(string text, ref int at, ref int line)
    {
        if (at >= text.Length || text[at] != '"')
        {
            int end = text.AsSpan(at).IndexOfAny(',', '\r', '\n') is >= 0 and int length ? at + length : text.Length;
            string plain = text[at..end];
            at = end;
            return plain;
        }

        int opened = line;
        StringBuilder value = new();
        for (at++; at < text.Length; at++)
        {
            if (text[at] != '"')
            {
                line += text[at] == '\n' ? 1 : 0;
                value.Append(text[at]);
            }
            else if (at + 1 < text.Length && text[at + 1] == '"')
            {
                value.Append('"');
                at++;
            }
            else
            {
                at++;
                return at >= text.Length || text[at] is ',' or '\r' or '\n'
                    ? value.ToString()
                    : throw new ReplayLogException($"Line {line}: text follows the closing quote of a field.", line);
            }
        }

        throw new ReplayLogException($"Line {opened}: a quoted field is not closed.", opened);
    }
}
