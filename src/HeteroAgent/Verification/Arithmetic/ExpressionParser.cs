namespace HeteroAgent;

/// <summary>Evaluates a run of tokens exactly by recursive descent: sums, products, powers, roots, percent signs, mixed numbers, products without a sign.</summary>
internal ref struct ExpressionParser(ReadOnlySpan<MathToken> tokens, ExpressionReading reading)
{
    private const int MostDepth = 48;

    private readonly ReadOnlySpan<MathToken> _tokens = tokens;
    private int _at;
    private int _depth;

    /// <summary>The value of the whole run, or none where it is no expression or grows too large.</summary>
    public static Rational? Evaluate(ReadOnlySpan<MathToken> tokens, ExpressionReading reading)
    {
        ExpressionParser parser = new(tokens, reading);
        Rational? value = parser.Sum();
        return parser._at == tokens.Length ? value : null;
    }

    private Rational? Sum()
    {
        if (++_depth > MostDepth)
        {
            return null;
        }

        Rational? value = Product();
        while (value is { } left && Operator() is ('+' or '-') and var sign)
        {
            _at++;
            int operand = _at;
            if (Product() is not { } right)
            {
                return null;
            }

            // 200 - 20% may mean 20 % of 200.
            if (reading == ExpressionReading.PercentOfLeft && _at == operand + 2 && _tokens[_at - 1].Kind == TokenKind.Percent)
            {
                if (Rational.Multiply(left, right) is not { } share)
                {
                    return null;
                }

                right = share;
            }

            value = sign == '+' ? Rational.Add(left, right) : Rational.Subtract(left, right);
        }

        _depth--;
        return value;
    }

    private Rational? Product()
    {
        Rational? value = Signed();
        while (value is { } left)
        {
            char sign = Operator();
            if (sign is '*' or '/')
            {
                _at++;
                if (Signed() is not { } right)
                {
                    return null;
                }

                value = sign == '*' ? Rational.Multiply(left, right) : Rational.Divide(left, right);
            }
            else if (_at < _tokens.Length && (_tokens[_at].Kind == TokenKind.Open || IsRoot(_at) || (_tokens[_at].Kind == TokenKind.Number && _tokens[_at - 1].Kind == TokenKind.Close)))
            {
                if (Power() is not { } right)
                {
                    return null;
                }

                value = Rational.Multiply(left, right);
            }
            else
            {
                return value;
            }
        }

        return value;
    }

    private Rational? Signed()
    {
        int negative = 0, signs = 0;
        while (Operator() is ('-' or '+') and var sign)
        {
            negative += sign == '-' ? 1 : 0;
            _at++;
            if (++signs > 2)
            {
                return null;
            }
        }

        return Power() is { } value ? negative % 2 == 1 ? value.Negate() : value : null;
    }

    private Rational? Power()
    {
        if (Primary() is not { } value)
        {
            return null;
        }

        if (Operator() == '^')
        {
            _at++;
            int sign = Operator() == '-' ? -1 : 1;
            _at += sign < 0 ? 1 : 0;
            if (Primary() is not { } exponent)
            {
                return null;
            }

            return Rational.Power(value, sign < 0 ? exponent.Negate() : exponent);
        }

        return value;
    }

    private Rational? Primary()
    {
        if (_at >= _tokens.Length)
        {
            return null;
        }

        MathToken token = _tokens[_at];
        Rational? value = null;
        if (token.Kind == TokenKind.Number)
        {
            value = token.Value;
            _at++;
            if (IsMixed(out Rational fraction, out int length))
            {
                value = reading == ExpressionReading.MixedAsProduct ? Rational.Multiply(token.Value, fraction) : Rational.Add(token.Value, fraction);
                _at += length;
            }
        }
        else if (IsRoot(_at))
        {
            _at++;
            value = Group() is { } inner ? Rational.SquareRoot(inner) : null;
        }
        else if (token.Kind == TokenKind.Open)
        {
            value = Group();
        }

        if (value is { } known && _at < _tokens.Length && _tokens[_at].Kind == TokenKind.Percent)
        {
            _at++;
            return reading == ExpressionReading.PercentBare ? known : Rational.Divide(known, Rational.Whole(100));
        }

        return value;
    }

    private Rational? Group()
    {
        _at++;
        Rational? value = Sum();
        if (value is null || _at >= _tokens.Length || _tokens[_at].Kind != TokenKind.Close)
        {
            return null;
        }

        _at++;
        return value;
    }

    // 2 1/2, and 2\frac{1}{2}, which arrives as 2((1)/(2)).
    private readonly bool IsMixed(out Rational fraction, out int length)
    {
        fraction = default;
        length = 0;
        if (!_tokens[_at - 1].Value.IsInteger || _tokens[_at - 1].Decimals > 0)
        {
            return false;
        }

        if (_at + 2 < _tokens.Length && _tokens[_at].Kind == TokenKind.Number && _tokens[_at + 1].Text == "/" && _tokens[_at + 2].Kind == TokenKind.Number)
        {
            length = 3;
            return Proper(_tokens[_at].Value, _tokens[_at + 2].Value, out fraction);
        }

        if (_at + 8 < _tokens.Length && _tokens[_at].Kind == TokenKind.Open && _tokens[_at + 1].Kind == TokenKind.Open && _tokens[_at + 2].Kind == TokenKind.Number
            && _tokens[_at + 3].Kind == TokenKind.Close && _tokens[_at + 4].Text == "/" && _tokens[_at + 5].Kind == TokenKind.Open && _tokens[_at + 6].Kind == TokenKind.Number
            && _tokens[_at + 7].Kind == TokenKind.Close && _tokens[_at + 8].Kind == TokenKind.Close)
        {
            length = 9;
            return Proper(_tokens[_at + 2].Value, _tokens[_at + 6].Value, out fraction);
        }

        return false;
    }

    private static bool Proper(Rational numerator, Rational denominator, out Rational fraction)
    {
        bool proper = numerator.IsInteger && denominator.IsInteger && numerator.Sign > 0 && numerator.CompareTo(denominator) < 0;
        fraction = proper && Rational.Divide(numerator, denominator) is { } value ? value : default;
        return proper;
    }

    private readonly bool IsRoot(int at) => at + 1 < _tokens.Length && _tokens[at].Kind == TokenKind.Word && _tokens[at].Text == "sqrt" && _tokens[at + 1].Kind == TokenKind.Open;

    private readonly char Operator() => _at < _tokens.Length && _tokens[_at].Kind == TokenKind.Operator ? _tokens[_at].Text[0] : '\0';
}
