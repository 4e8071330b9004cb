using System.Numerics;

namespace HeteroAgent;

/// <summary>Cuts a normalised text into tokens, once from left to right.</summary>
internal static class MathTokenizer
{
    private const int MostDigits = 40;

    public static List<MathToken> Read(string text)
    {
        var tokens = new List<MathToken>((text.Length / 4) + 4);
        bool space = true, currency = false;
        int i = 0;
        while (i < text.Length)
        {
            char c = text[i];
            if (c is '\n' or '\r')
            {
                tokens.Add(new MathToken(TokenKind.Break, i++, 1) { Text = "\n" });
                space = true;
                currency = false;
                continue;
            }

            if (char.IsWhiteSpace(c) || c == '$')
            {
                space = true;
                currency |= c == '$';
                i++;
                continue;
            }

            MathToken token = Next(text, i, tokens, space) with { SpaceBefore = space, IsCurrency = currency };
            tokens.Add(token);
            i += token.Length;
            space = currency = false;
        }

        return tokens;
    }

    private static MathToken Next(string text, int i, List<MathToken> tokens, bool space)
    {
        char c = text[i];
        bool digitNext = i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]);
        if (char.IsAsciiDigit(c) || (c == '.' && digitNext && !EndsOperand(tokens, space)))
        {
            return Number(text, i);
        }

        if (char.IsLetter(c))
        {
            return Word(text, i, tokens);
        }

        return c switch
        {
            '+' or '-' or '*' or '/' or '^' => new MathToken(TokenKind.Operator, i, 1) { Text = Operator(c) },
            '!' when tokens.Count > 0 && !space && tokens[^1].Kind is TokenKind.Number or TokenKind.Close => new MathToken(TokenKind.Opaque, i, 1),
            '(' or '[' => new MathToken(TokenKind.Open, i, 1),
            ')' or ']' => new MathToken(TokenKind.Close, i, 1),
            '%' => new MathToken(TokenKind.Percent, i, 1),
            '=' => new MathToken(TokenKind.Equals, i, text.AsSpan(i).StartsWith("==") ? 2 : 1),
            '≈' => new MathToken(TokenKind.Approximately, i, 1),
            ':' when digitNext && tokens.Count > 0 && !space && tokens[^1].Kind == TokenKind.Number => new MathToken(TokenKind.Opaque, i, 1),
            MathText.Opaque or '…' or '≠' => new MathToken(TokenKind.Opaque, i, 1),
            '\'' or '"' or '’' or '“' or '”' => new MathToken(TokenKind.Break, i, 1) { Text = "'" },
            _ => new MathToken(TokenKind.Break, i, 1) { Text = c is '.' or '?' or '!' or ';' or ':' or ',' ? c.ToString() : " " },
        };
    }

    private static string Operator(char c) => c switch { '+' => "+", '-' => "-", '*' => "*", '/' => "/", _ => "^" };

    private static bool EndsOperand(List<MathToken> tokens, bool space) => !space && tokens.Count > 0 && tokens[^1].Kind is TokenKind.Number or TokenKind.Word;

    private static MathToken Number(string text, int start)
    {
        int i = start, digits = 0, decimals = 0, commas = 0;
        BigInteger value = BigInteger.Zero;
        bool malformed = false;
        var plain = new System.Text.StringBuilder();
        for (; i < text.Length; i++)
        {
            if (char.IsAsciiDigit(text[i]))
            {
                digits++;
                _ = digits <= MostDigits ? plain.Append(text[i]) : plain;
            }
            else if (text[i] == ',' && IsThousands(text, i))
            {
                commas++;
            }
            else
            {
                break;
            }
        }

        if (i < text.Length - 1 && text[i] == '.' && char.IsAsciiDigit(text[i + 1]))
        {
            for (i++; i < text.Length && char.IsAsciiDigit(text[i]); i++)
            {
                digits++;
                decimals++;
                _ = digits <= MostDigits ? plain.Append(text[i]) : plain;
            }

            // 1.2.3 and 1,234.5.6 are no numbers.
            while (i < text.Length - 1 && text[i] is '.' or ',' && char.IsAsciiDigit(text[i + 1]) && (text[i] == '.' || commas > 0))
            {
                malformed = true;
                for (i++; i < text.Length && char.IsAsciiDigit(text[i]); i++)
                {
                }
            }
        }

        int exponent = 0;
        if (i < text.Length - 1 && text[i] is 'e' or 'E' && ExponentLength(text, i) is > 0 and int length)
        {
            malformed |= length > 4 || !int.TryParse(text.AsSpan(i + 1, length - 1), out exponent) || Math.Abs(exponent) > 30;
            i += length;
        }

        if (digits > MostDigits || malformed || plain.Length == 0)
        {
            return new MathToken(TokenKind.Opaque, start, i - start);
        }

        value = BigInteger.Parse(plain.ToString(), System.Globalization.CultureInfo.InvariantCulture);
        int scale = decimals - exponent;
        Rational? number = scale >= 0 ? Rational.Create(value, BigInteger.Pow(10, scale)) : Rational.Create(value * BigInteger.Pow(10, -scale), BigInteger.One);
        return number is { } known
            ? new MathToken(TokenKind.Number, start, i - start) { Value = known, Decimals = Math.Max(0, scale) }
            : new MathToken(TokenKind.Opaque, start, i - start);
    }

    private static int ExponentLength(string text, int at)
    {
        int i = at + 1;
        i += i < text.Length && text[i] is '+' or '-' ? 1 : 0;
        int first = i;
        while (i < text.Length && char.IsAsciiDigit(text[i]))
        {
            i++;
        }

        return i > first && (i == text.Length || !char.IsLetter(text[i])) ? i - at : 0;
    }

    private static bool IsThousands(string text, int comma) =>
        comma > 0 && char.IsAsciiDigit(text[comma - 1])
        && comma + 3 < text.Length + 0 && char.IsAsciiDigit(text[comma + 1]) && char.IsAsciiDigit(text[comma + 2]) && char.IsAsciiDigit(text[comma + 3])
        && (comma + 4 == text.Length || !char.IsAsciiDigit(text[comma + 4]));

    private static MathToken Word(string text, int start, List<MathToken> tokens)
    {
        int i = start + 1;
        while (i < text.Length && (char.IsLetter(text[i]) || (text[i] is '\'' or '’' && i + 1 < text.Length && char.IsLetter(text[i + 1]))))
        {
            i++;
        }

        int length = i - start;
        if (length == 1 && text[start] is 'x' or 'X' && IsCross(text, i, tokens))
        {
            return new MathToken(TokenKind.Operator, start, 1) { Text = "*" };
        }

        string word = length > 40 ? text.Substring(start, 40).ToLowerInvariant() : text.Substring(start, length).ToLowerInvariant();
        return new MathToken(TokenKind.Word, start, length) { Text = word };
    }

    // In 20 x 3 the letter is a sign of multiplication.
    private static bool IsCross(string text, int next, List<MathToken> tokens)
    {
        if (tokens.Count == 0 || tokens[^1].Kind is not (TokenKind.Number or TokenKind.Close or TokenKind.Percent))
        {
            return false;
        }

        while (next < text.Length && text[next] is ' ' or '$')
        {
            next++;
        }

        return next < text.Length && (char.IsAsciiDigit(text[next]) || text[next] is '(' or '.');
    }
}
