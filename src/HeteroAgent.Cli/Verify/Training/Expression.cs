using System.Globalization;

namespace HeteroAgent.Cli;

/// <summary>Evaluates the arithmetic inside GSM8K's marks: numbers, the four operations, percent and brackets.</summary>
internal ref struct Expression
{
    private readonly ReadOnlySpan<char> _text;
    private int _at;
    private int _depth;

    private Expression(ReadOnlySpan<char> text) => _text = text;

    public static bool TryEvaluate(string text, out double value)
    {
        Expression reader = new(text.Replace(" ", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal).Replace("$", "", StringComparison.Ordinal));
        return reader.Sum(out value) && reader._at == reader._text.Length;
    }

    private bool Sum(out double value)
    {
        if (!Product(out value))
        {
            return false;
        }

        while (_at < _text.Length && _text[_at] is '+' or '-')
        {
            char sign = _text[_at++];
            if (!Product(out double term))
            {
                return false;
            }

            value += sign == '+' ? term : -term;
        }

        return true;
    }

    private bool Product(out double value)
    {
        if (!Factor(out value))
        {
            return false;
        }

        while (_at < _text.Length && _text[_at] is '*' or '/' or 'x')
        {
            char sign = _text[_at++];
            if (!Factor(out double factor))
            {
                return false;
            }

            value = sign == '/' ? value / factor : value * factor;
        }

        return true;
    }

    private bool Factor(out double value)
    {
        value = 0;
        if (_at >= _text.Length || _depth > 50)
        {
            return false;
        }

        if (_text[_at] == '-')
        {
            _at++;
            _depth++;
            bool negated = Factor(out value);
            value = -value;
            return negated;
        }

        if (_text[_at] == '(')
        {
            _at++;
            _depth++;
            if (!Sum(out value) || _at >= _text.Length || _text[_at] != ')')
            {
                return false;
            }

            _at++;
        }
        else
        {
            int from = _at;
            while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || _text[_at] == '.'))
            {
                _at++;
            }

            if (!double.TryParse(_text[from.._at], NumberStyles.Float, CultureInfo.InvariantCulture, out value))
            {
                return false;
            }
        }

        if (_at < _text.Length && _text[_at] == '%')
        {
            _at++;
            value /= 100;
        }

        return true;
    }
}
