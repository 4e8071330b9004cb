using System.Globalization;
using System.Numerics;

namespace HeteroAgent;

/// <summary>An exact fraction of bounded size. What grows past the bound is no value at all, so that no text can make the arithmetic slow.</summary>
internal readonly record struct Rational
{
    private const int MostBits = 1024;

    private Rational(BigInteger numerator, BigInteger denominator)
    {
        Numerator = numerator;
        Denominator = denominator;
    }

    public BigInteger Numerator { get; }

    public BigInteger Denominator { get; }

    public bool IsInteger => Denominator.IsOne;

    public int Sign => Numerator.Sign;

    public static Rational? Create(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero || numerator.GetBitLength() > 4 * MostBits || denominator.GetBitLength() > 4 * MostBits)
        {
            return null;
        }

        BigInteger divisor = BigInteger.GreatestCommonDivisor(numerator, denominator);
        divisor = denominator.Sign < 0 ? -divisor : divisor;
        (numerator, denominator) = (numerator / divisor, denominator / divisor);
        return numerator.GetBitLength() > MostBits || denominator.GetBitLength() > MostBits ? null : new Rational(numerator, denominator);
    }

    public static Rational Whole(int value) => new(value, BigInteger.One);

    public static Rational? Add(Rational a, Rational b) => Create((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Rational? Subtract(Rational a, Rational b) => Create((a.Numerator * b.Denominator) - (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Rational? Multiply(Rational a, Rational b) => Create(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Rational? Divide(Rational a, Rational b) => Create(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    /// <summary>A power with a whole exponent of moderate size, or none.</summary>
    public static Rational? Power(Rational value, Rational exponent)
    {
        if (!exponent.IsInteger || BigInteger.Abs(exponent.Numerator) > 256)
        {
            return null;
        }

        int power = (int)exponent.Numerator;
        long bits = Math.Max(value.Numerator.GetBitLength(), value.Denominator.GetBitLength());
        if (bits * Math.Abs(power) > MostBits)
        {
            return null;
        }

        Rational? positive = Create(BigInteger.Pow(value.Numerator, Math.Abs(power)), BigInteger.Pow(value.Denominator, Math.Abs(power)));
        return power >= 0 || positive is not { } p ? positive : Divide(Whole(1), p);
    }

    /// <summary>The exact square root, where there is one.</summary>
    public static Rational? SquareRoot(Rational value) =>
        Root(value.Numerator) is { } n && Root(value.Denominator) is { } d ? Create(n, d) : null;

    public Rational Abs() => new(BigInteger.Abs(Numerator), Denominator);

    public Rational Negate() => new(-Numerator, Denominator);

    public int CompareTo(Rational other) => (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    public double ToDouble()
    {
        if (Numerator.GetBitLength() < 1000 && Denominator.GetBitLength() < 1000)
        {
            return (double)Numerator / (double)Denominator;
        }

        double log = BigInteger.Log(BigInteger.Abs(Numerator)) - BigInteger.Log(Denominator);
        return Numerator.Sign * Math.Exp(log);
    }

    /// <summary>Writes the value as a person would: whole, with at most four decimals, or as a fraction.</summary>
    public override string ToString()
    {
        if (IsInteger)
        {
            return Numerator.ToString(CultureInfo.InvariantCulture);
        }

        BigInteger tenThousandths = Numerator * 10_000;
        return (tenThousandths % Denominator).IsZero
            ? ToDouble().ToString("0.####", CultureInfo.InvariantCulture)
            : "about " + ToDouble().ToString("0.####", CultureInfo.InvariantCulture);
    }

    private static BigInteger? Root(BigInteger value)
    {
        if (value.Sign < 0)
        {
            return null;
        }

        if (value.IsZero)
        {
            return BigInteger.Zero;
        }

        BigInteger guess = BigInteger.One << (int)((value.GetBitLength() + 1) / 2);
        while (true)
        {
            BigInteger next = (guess + (value / guess)) / 2;
            if (next >= guess)
            {
                return guess * guess == value ? guess : null;
            }

            guess = next;
        }
    }
}
