using System.Collections.Immutable;
using System.Numerics;

namespace HeteroAgent.LlamaCpp;

/// <summary>The texts of the numbers that satisfy some demands: digits with or without a point, no exponent, no leading zero, no minus zero.</summary>
internal sealed class NumberLanguage
{
    // Beyond this the remainders alone make too many states.
    private const int MaxDivisor = 4_000;
    private const int StatesForDivisors = 16_000;

    private readonly bool _fractions;
    private readonly (NumberComparison Comparison, Magnitude Magnitude)[] _comparisons;
    private readonly (int Modulus, int Scale, bool Negated)[] _divisors;
    private readonly int _maxDigits;
    private readonly int _maxFraction;

    private NumberLanguage(NumberBounds bounds, bool integers, bool fractions)
    {
        _fractions = fractions;
        _comparisons = [.. bounds.Comparisons.Select(c => (c, new Magnitude(c.Value)))];
        ImmutableList<(ExactNumber Divisor, bool Negated)> divisors = integers ? bounds.Divisors : bounds.Divisors.Add((ExactNumber.Parse("1"), true));
        _divisors = [.. divisors.Select(d => Divisor(d.Divisor, d.Negated))];
        int states = _divisors.Aggregate(1, (product, d) => Math.Min(product * d.Modulus, StatesForDivisors));
        _maxDigits = Math.Clamp(StatesForDivisors / states, 6, NumberAutomaton.MaxIntegerDigits);
        _maxFraction = Math.Min(_maxDigits, NumberAutomaton.MaxFractionDigits);
    }

    /// <summary>The automaton of the numbers, as text.</summary>
    /// <exception cref="AutomatonTooLargeException">It would be too large.</exception>
    public static TextAutomaton Build(NumberBounds bounds, bool integers, bool fractions)
    {
        var language = new NumberLanguage(bounds, integers, fractions);
        return TextAutomaton.Build(State.Start(language._comparisons.Length, language._divisors.Length), language.Edges, language.Accepts);
    }

    /// <summary>The same over bytes.</summary>
    public static ByteAutomaton ToBytes(TextAutomaton text)
    {
        var builder = new ByteAutomatonBuilder();
        for (int state = 0; state < text.Count; state++)
        {
            if (state > 0)
            {
                builder.AddState(text.Accepts(state));
            }
        }

        for (int state = 0; state < text.Count; state++)
        {
            foreach (TextEdge edge in text.Edges(state))
            {
                builder.AddEdge(state, (char)edge.First, (char)edge.Last, edge.Target);
            }
        }

        return builder.Build();
    }

    private static (int Modulus, int Scale, bool Negated) Divisor(ExactNumber divisor, bool negated)
    {
        int scale = (int)Math.Clamp(-divisor.Exponent, 0, 100);
        BigInteger modulus = divisor.Exponent > 10 ? MaxDivisor + 1 : divisor.Mantissa * BigInteger.Pow(10, (int)Math.Max(divisor.Exponent, 0));
        return modulus > MaxDivisor || scale > NumberAutomaton.MaxFractionDigits ? throw new AutomatonTooLargeException() : ((int)modulus, scale, negated);
    }

    private IEnumerable<(int First, int Last, State Target)> Edges(State state)
    {
        if (state.Phase == Phase.Start)
        {
            yield return ('-', '-', state with { Phase = Phase.Minus, IsNegative = true });
        }

        if (_fractions && (state.Phase is Phase.Zero or Phase.Whole))
        {
            yield return ('.', '.', Point(state));
        }

        int most = state.Phase == Phase.Fraction ? _maxFraction : _maxDigits;
        if (state.Phase != Phase.Zero && state.Digits < most)
        {
            for (int digit = 0; digit <= 9; digit++)
            {
                if (digit != 0 || state.Phase != Phase.Minus || _fractions)
                {
                    yield return ('0' + digit, '0' + digit, Digit(state, digit));
                }
            }
        }
    }

    private State Point(State state) => state with
    {
        Phase = Phase.Fraction,
        Digits = 0,
        Orders = [.. _comparisons.Select((c, i) => c.Magnitude.Point(state.Orders[i], state.Digits))],
    };

    private State Digit(State state, int digit)
    {
        bool inFraction = state.Phase == Phase.Fraction;
        bool leadingZero = !inFraction && state.Digits == 0 && digit == 0;
        return state with
        {
            Phase = inFraction ? Phase.Fraction : leadingZero ? Phase.Zero : Phase.Whole,
            Digits = leadingZero ? 0 : state.Digits + 1,
            IsZero = state.IsZero && digit == 0,
            Orders = leadingZero ? state.Orders : [.. _comparisons.Select((c, i) => c.Magnitude.Next(state.Orders[i], digit, state.Digits, inFraction))],
            Remainders = [.. _divisors.Select((d, i) => Remainder(d, state.Remainders[i], digit, inFraction ? state.Digits : -1))],
        };
    }

    // -1: a digit behind those of the divisor, so that the number is no multiple.
    private static int Remainder((int Modulus, int Scale, bool Negated) divisor, int remainder, int digit, int place) =>
        remainder < 0 ? -1
        : place < divisor.Scale ? ((remainder * 10) + digit) % divisor.Modulus
        : digit == 0 ? remainder : -1;

    private bool Accepts(State state)
    {
        if (state.Phase is Phase.Start or Phase.Minus || (state.Phase == Phase.Fraction && state.Digits == 0) || (state.IsNegative && state.IsZero))
        {
            return false;
        }

        bool inFraction = state.Phase == Phase.Fraction;
        for (int i = 0; i < _comparisons.Length; i++)
        {
            (NumberComparison comparison, Magnitude magnitude) = _comparisons[i];
            int boundSign = comparison.Value.Mantissa.Sign;
            int order = magnitude.Compare(state.Orders[i], state.Digits, inFraction);
            int sign = state.IsZero ? 0 : state.IsNegative ? -1 : 1;
            if (!comparison.Holds(sign != boundSign ? sign.CompareTo(boundSign) : sign * order))
            {
                return false;
            }
        }

        for (int i = 0; i < _divisors.Length; i++)
        {
            if (IsMultiple(_divisors[i], state.Remainders[i], inFraction ? state.Digits : 0) == _divisors[i].Negated)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsMultiple((int Modulus, int Scale, bool Negated) divisor, int remainder, int places)
    {
        for (; places < divisor.Scale && remainder > 0; places++)
        {
            remainder = remainder * 10 % divisor.Modulus;
        }

        return remainder == 0;
    }

    private enum Phase
    {
        Start,
        Minus,
        Zero,
        Whole,
        Fraction,
    }

    private sealed record State(Phase Phase, bool IsNegative, int Digits, bool IsZero, int[] Orders, int[] Remainders)
    {
        public static State Start(int comparisons, int divisors) => new(Phase.Start, false, 0, true, new int[comparisons], new int[divisors]);

        public bool Equals(State? other) => other is not null && Phase == other.Phase && IsNegative == other.IsNegative && Digits == other.Digits && IsZero == other.IsZero
            && Orders.AsSpan().SequenceEqual(other.Orders) && Remainders.AsSpan().SequenceEqual(other.Remainders);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(Phase);
            hash.Add(IsNegative);
            hash.Add(Digits);
            hash.Add(IsZero);
            Array.ForEach(Orders, hash.Add);
            Array.ForEach(Remainders, hash.Add);
            return hash.ToHashCode();
        }
    }
}
