using System.Globalization;
using System.Numerics;

namespace HeteroAgent;

/// <summary>A JSON number as mantissa · 10^exponent, without rounding.</summary>
internal readonly struct ExactNumber
{
    // Beyond this the digits are not written out, so that 1e999999999 costs no memory.
    private const int MaxScale = 4096;

    private readonly BigInteger _mantissa;
    private readonly long _exponent;

    private ExactNumber(BigInteger mantissa, long exponent)
    {
        _mantissa = mantissa;
        _exponent = mantissa.IsZero ? 0 : exponent;
    }

    public bool IsInteger => _exponent >= 0;

    public bool IsPositive => _mantissa.Sign > 0;

    /// <summary>The digits without trailing zeros, signed; the value is this · 10^<see cref="Exponent"/>.</summary>
    public BigInteger Mantissa => _mantissa;

    public long Exponent => _exponent;

    public static ExactNumber Parse(string json)
    {
        int e = json.AsSpan().IndexOfAny('e', 'E');
        string digits = e < 0 ? json : json[..e];

        // JSON sets no bound on an exponent; one beyond any use is cut to a value that compares the same.
        long exponent = e < 0 ? 0 : BigInteger.Parse(json.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) is var written && BigInteger.Abs(written) < int.MaxValue
            ? (long)written
            : written.Sign * (long)int.MaxValue;
        int point = digits.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            exponent -= digits.Length - point - 1;
            digits = digits.Remove(point, 1);
        }

        string significant = digits.TrimEnd('0');
        if (significant.Length is 0 || significant is "-")
        {
            return default;
        }

        return new(BigInteger.Parse(significant, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), exponent + (digits.Length - significant.Length));
    }

    public static int Compare(ExactNumber a, ExactNumber b)
    {
        if (a._mantissa.Sign != b._mantissa.Sign || a._mantissa.IsZero)
        {
            return a._mantissa.Sign.CompareTo(b._mantissa.Sign);
        }

        long difference = a._exponent - b._exponent;
        if (Math.Abs(difference) > MaxScale)
        {
            return a._mantissa.Sign * (a.Magnitude - b.Magnitude).CompareTo(0);
        }

        return difference >= 0
            ? (a._mantissa * BigInteger.Pow(10, (int)difference)).CompareTo(b._mantissa)
            : a._mantissa.CompareTo(b._mantissa * BigInteger.Pow(10, (int)-difference));
    }

    /// <summary>Whether this is a whole multiple of a positive number.</summary>
    public bool IsMultipleOf(ExactNumber divisor)
    {
        if (_mantissa.IsZero)
        {
            return true;
        }

        long difference = _exponent - divisor._exponent;
        if (difference < 0)
        {
            // Mantissas end in no zero, so 10^-difference · divisor divides only within its digits.
            return -difference <= MaxScale && (_mantissa % (divisor._mantissa * BigInteger.Pow(10, (int)-difference))).IsZero;
        }

        return (_mantissa * BigInteger.ModPow(10, difference, divisor._mantissa) % divisor._mantissa).IsZero;
    }

    private double Magnitude => BigInteger.Log10(BigInteger.Abs(_mantissa)) + _exponent;
}
