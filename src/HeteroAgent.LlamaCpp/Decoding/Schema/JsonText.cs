using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>The one form in which constrained output writes JSON: no white space, no escape that JSON does not need, numbers without a needless fraction.</summary>
internal static class JsonText
{
    private static readonly byte[][] Escapes = [.. Enumerable.Range(0, 128).Select(c => Encoding.ASCII.GetBytes(EscapeOf((char)c)))];

    /// <summary>The characters that are written with an escape.</summary>
    public static ReadOnlySpan<byte> Escaped => EscapedCharacters;

    private static readonly byte[] EscapedCharacters = [.. Enumerable.Range(0, 128).Where(c => Escapes[c].Length > 1).Select(c => (byte)c)];

    /// <summary>How an ASCII character is written inside a string.</summary>
    public static ReadOnlySpan<byte> Escape(byte character) => Escapes[character];

    /// <summary>The bytes that a byte of UTF-8 takes inside a string.</summary>
    public static int WrittenLength(byte value) => value < 128 ? Escapes[value].Length : 1;

    /// <summary>The bytes of a character's escape that have been read in a phase (2 after the backslash, 3 after the u, 4 and 5 after each zero, 6 and 7 after the third digit), or 0 where it cannot be in it.</summary>
    public static int EscapeProgress(byte character, int phase)
    {
        byte[] written = Escapes[character];
        return phase switch
        {
            2 => 1,
            >= 3 when written.Length != 6 => 0,
            3 or 4 or 5 => phase - 1,
            6 => character < 0x10 ? 5 : 0,
            7 => character >= 0x10 ? 5 : 0,
            _ => 0,
        };
    }

    /// <summary>A string with its quotes.</summary>
    public static byte[] String(string value)
    {
        var bytes = new List<byte>(value.Length + 2) { (byte)'"' };
        foreach (byte b in Encoding.UTF8.GetBytes(value))
        {
            if (b < 128)
            {
                bytes.AddRange(Escapes[b]);
            }
            else
            {
                bytes.Add(b);
            }
        }

        bytes.Add((byte)'"');
        return [.. bytes];
    }

    /// <summary>A value, its objects' keys in their own order.</summary>
    /// <exception cref="InvalidOperationException">A string holds a lone surrogate.</exception>
    public static byte[] Value(JsonElement value)
    {
        var bytes = new List<byte>();
        Append(value, bytes);
        return [.. bytes];
    }

    private static void Append(JsonElement value, List<byte> bytes)
    {
        string separator = "";
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                bytes.Add((byte)'{');
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    bytes.AddRange(Encoding.ASCII.GetBytes(separator));
                    bytes.AddRange(String(property.Name));
                    bytes.Add((byte)':');
                    Append(property.Value, bytes);
                    separator = ",";
                }

                bytes.Add((byte)'}');
                break;
            case JsonValueKind.Array:
                bytes.Add((byte)'[');
                foreach (JsonElement item in value.EnumerateArray())
                {
                    bytes.AddRange(Encoding.ASCII.GetBytes(separator));
                    Append(item, bytes);
                    separator = ",";
                }

                bytes.Add((byte)']');
                break;
            case JsonValueKind.String:
                bytes.AddRange(String(value.GetString()!));
                break;
            case JsonValueKind.Number:
                bytes.AddRange(Encoding.ASCII.GetBytes(Number(value)));
                break;
            default:
                bytes.AddRange(Encoding.ASCII.GetBytes(value.GetRawText()));
                break;
        }
    }

    // 3.0, 3 and 0.3e1 are the same value to JSON Schema; the form without an exponent and needless zeros is written.
    private static string Number(JsonElement value)
    {
        ExactNumber number = ExactNumber.Parse(value.GetRawText());
        string digits = BigInteger.Abs(number.Mantissa).ToString(CultureInfo.InvariantCulture);
        long whole = digits.Length + number.Exponent;
        if (whole > NumberAutomaton.MaxIntegerDigits || -number.Exponent > NumberAutomaton.MaxFractionDigits)
        {
            return value.GetRawText();
        }

        int places = (int)Math.Max(0, -number.Exponent);
        digits = digits.PadLeft(places + 1, '0') + new string('0', (int)Math.Max(0, number.Exponent));
        string text = places == 0 ? digits : $"{digits[..^places]}.{digits[^places..]}";
        return number.Mantissa.Sign < 0 ? $"-{text}" : text;
    }

    private static string EscapeOf(char character) => character switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        < ' ' => $"\\u{(int)character:x4}",
        _ => character.ToString(),
    };
}
