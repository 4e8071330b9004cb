using System.Numerics;

namespace HeteroAgent;

/// <summary>Compares the two sides of an equation, in the writer's favour wherever it can be read in two ways.</summary>
internal static class EquationJudge
{
    public static Equation Judge(Expression left, Expression right, bool approximate)
    {
        Rational difference = Rational.Subtract(left.Value, right.Value)?.Abs() ?? Rational.Whole(0);
        Rational larger = left.Value.Abs().CompareTo(right.Value.Abs()) >= 0 ? left.Value.Abs() : right.Value.Abs();
        double relative = larger.Sign == 0 ? 0 : Math.Min(1e6, difference.ToDouble() / larger.ToDouble());
        EquationStatus status = Status(left, right, approximate, difference, relative);
        return new Equation(status, left, right, approximate) { RelativeError = status == EquationStatus.Right ? 0 : relative };
    }

    private static EquationStatus Status(Expression left, Expression right, bool approximate, Rational difference, double relative)
    {
        if (difference.Sign == 0 || Agree(left.ProductValue, right.ProductValue ?? right.Value) || Agree(left.ProductValue ?? left.Value, right.ProductValue)
            || Agree(left.BareValue, right.BareValue ?? right.Value) || Agree(left.BareValue ?? left.Value, right.BareValue)
            || Agree(left.PercentOfLeftValue, right.Value) || Agree(left.Value, right.PercentOfLeftValue))
        {
            return EquationStatus.Right;
        }

        Expression stated = left.HasOperator ? right : left;
        Expression computed = left.HasOperator ? left : right;
        if (!stated.HasOperator && Rounding(stated, computed, difference) is { } rounding)
        {
            return rounding;
        }

        // Numbers that were rounded before carry their error along.
        bool inexact = approximate || left.Decimals > 0 || right.Decimals > 0 || !left.Value.IsInteger || !right.Value.IsInteger;
        if (inexact && relative <= (approximate ? 0.02 : 0.005))
        {
            return EquationStatus.Rounded;
        }

        if (UnitsDiffer(left, right))
        {
            return EquationStatus.Conversion;
        }

        return IsPercentSlip(left, right) ? EquationStatus.PercentSlip : EquationStatus.Wrong;
    }

    private static EquationStatus? Rounding(Expression stated, Expression computed, Rational difference)
    {
        if (computed.Value.IsInteger && stated.Decimals == 0)
        {
            return null;
        }

        Rational unit = Rational.Create(BigInteger.One, BigInteger.Pow(10, stated.Decimals + (stated.HasPercent ? 2 : 0)))!.Value;
        Rational twice = Rational.Multiply(difference, Rational.Whole(2)) ?? difference;
        if (twice.CompareTo(unit) <= 0)
        {
            return stated.Decimals == 0 && !stated.HasPercent ? EquationStatus.Forced : EquationStatus.Rounded;
        }

        return difference.CompareTo(unit) >= 0 ? null : stated.Decimals == 0 ? EquationStatus.Forced : EquationStatus.Truncated;
    }

    private static bool UnitsDiffer(Expression left, Expression right)
    {
        HashSet<string> a = [.. left.Units.Where(MathWords.IsMeasure).Select(Singular)], b = [.. right.Units.Where(MathWords.IsMeasure).Select(Singular)];
        bool currency = left.HasCurrency != right.HasCurrency && (a.Count > 0 || b.Count > 0);
        return currency || a.Count > 1 || b.Count > 1 || (a.Count + b.Count > 0 && !a.SetEquals(b));
    }

    private static string Singular(string word) => word.Length > 3 && word[^1] == 's' ? word[..^1] : word;

    private static bool IsPercentSlip(Expression left, Expression right)
    {
        Rational hundred = Rational.Whole(100);
        bool slip = Agree(Rational.Multiply(left.Value, hundred), right.Value) || Agree(left.Value, Rational.Multiply(right.Value, hundred));
        return slip && (left.HasPercent || right.HasPercent || left.Decimals > 0 || right.Decimals > 0 || !left.Value.IsInteger || !right.Value.IsInteger || left.Operands.Contains(hundred) || right.Operands.Contains(hundred));
    }

    private static bool Agree(Rational? a, Rational? b) => a is { } x && b is { } y && x.Equals(y);
}
