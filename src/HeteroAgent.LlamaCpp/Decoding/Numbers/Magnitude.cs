using System.Globalization;
using System.Numerics;

namespace HeteroAgent.LlamaCpp;

/// <summary>Compares the digits of a number, one after the other, with those of a bound, both without their signs.</summary>
/// <remarks>The state is the comparison so far: 0 to 2 before the point (as many digits may still decide), from 3 on decided or behind it.</remarks>
internal sealed class Magnitude
{
    /// <summary>The state before the first digit.</summary>
    public const int Start = Equal;

    private const int Equal = 0;
    private const int LessSoFar = 1;
    private const int GreaterSoFar = 2;
    private const int Less = 3;
    private const int Greater = 4;
    private const int InFraction = 5;
    private const int MaxDigits = 400;

    private readonly string _whole;
    private readonly string _fraction;

    /// <summary>Prepares the digits of a bound.</summary>
    /// <exception cref="AutomatonTooLargeException">It has too many digits.</exception>
    public Magnitude(ExactNumber bound)
    {
        if (Math.Abs(bound.Exponent) > MaxDigits)
        {
            throw new AutomatonTooLargeException();
        }

        string digits = BigInteger.Abs(bound.Mantissa).ToString(CultureInfo.InvariantCulture);
        int exponent = (int)bound.Exponent;
        digits = exponent >= 0 ? digits + new string('0', exponent) : digits.PadLeft(1 - exponent, '0');
        int point = exponent >= 0 ? digits.Length : digits.Length + exponent;
        _whole = digits[..point].TrimStart('0');
        _fraction = digits[point..];
    }

    /// <summary>After one more digit; <paramref name="count"/> are the digits before it on its side of the point, a leading zero not counted.</summary>
    public int Next(int state, int digit, int count, bool inFraction)
    {
        if (inFraction)
        {
            if (state < InFraction)
            {
                return state;
            }

            int expected = count < _fraction.Length ? _fraction[count] - '0' : 0;
            return digit > expected ? Greater : digit < expected ? Less : Math.Min(InFraction + count + 1, InFraction + _fraction.Length);
        }

        if (count >= _whole.Length)
        {
            return Greater;
        }

        int compared = digit.CompareTo(_whole[count] - '0');
        return state != Equal || compared == 0 ? state : compared < 0 ? LessSoFar : GreaterSoFar;
    }

    /// <summary>After the point.</summary>
    public int Point(int state, int digits) => AtPoint(state, digits) switch { 0 => InFraction, < 0 => Less, _ => Greater };

    /// <summary>How the number compares if it ends here.</summary>
    public int Compare(int state, int digits, bool inFraction) =>
        !inFraction ? AtPoint(state, digits) is var order && order != 0 ? order : _fraction.Length > 0 ? -1 : 0
        : state == Less ? -1 : state == Greater ? 1 : state - InFraction < _fraction.Length ? -1 : 0;

    private int AtPoint(int state, int digits) =>
        state == Greater ? 1 : digits < _whole.Length ? -1 : state switch { LessSoFar => -1, GreaterSoFar => 1, _ => 0 };
}
