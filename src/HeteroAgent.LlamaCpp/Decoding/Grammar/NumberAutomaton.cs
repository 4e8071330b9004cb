namespace HeteroAgent.LlamaCpp;

/// <summary>
/// JSON numbers with a bound on their digits, so that a number always ends and can be read: at most 18 digits before the
/// point (an integer fits Int64), at most 17 after it, and an exponent below 290, so that the value is finite as a double.
/// No leading zero, no plus sign, no minus zero.
/// </summary>
internal static class NumberAutomaton
{
    /// <summary>The most digits before the point.</summary>
    public const int MaxIntegerDigits = 18;

    /// <summary>The most digits after the point.</summary>
    public const int MaxFractionDigits = 17;

    /// <summary>Integers without point and exponent.</summary>
    public static ByteAutomaton Integer { get; } = Build(fractions: false);

    /// <summary>Numbers.</summary>
    public static ByteAutomaton Number { get; } = Build(fractions: true);

    private static ByteAutomaton Build(bool fractions)
    {
        var builder = new ByteAutomatonBuilder();
        int minus = builder.AddState(accepts: false);
        int zero = builder.AddState(accepts: true);
        builder.AddEdge(0, '-', minus);
        builder.AddEdge(0, '0', zero);
        int[] digits = Digits(builder, MaxIntegerDigits);
        builder.AddEdge(0, '1', '9', digits[0]);
        builder.AddEdge(minus, '1', '9', digits[0]);
        if (!fractions)
        {
            return builder.Build();
        }

        int minusZero = builder.AddState(accepts: false);
        builder.AddEdge(minus, '0', minusZero);
        int point = builder.AddState(accepts: false);
        int[] fraction = Digits(builder, MaxFractionDigits);
        builder.AddEdge(point, '0', '9', fraction[0]);
        int exponent = Exponent(builder);
        foreach (int state in (int[])[minusZero, zero, .. digits])
        {
            builder.AddEdge(state, '.', point);
        }

        foreach (int state in (int[])[zero, .. digits, .. fraction])
        {
            builder.AddEdge(state, 'e', exponent);
            builder.AddEdge(state, 'E', exponent);
        }

        return builder.Build();
    }

    private static int[] Digits(ByteAutomatonBuilder builder, int most)
    {
        int[] states = [.. Enumerable.Range(0, most).Select(_ => builder.AddState(accepts: true))];
        for (int i = 0; i + 1 < most; i++)
        {
            builder.AddEdge(states[i], '0', '9', states[i + 1]);
        }

        return states;
    }

    // 0, or 1 to 289 without a leading zero.
    private static int Exponent(ByteAutomatonBuilder builder)
    {
        int start = builder.AddState(accepts: false);
        int signed = builder.AddState(accepts: false);
        int last = builder.AddState(accepts: true);
        int oneLeft = builder.AddState(accepts: true);
        int twoLeft = builder.AddState(accepts: true);
        int two = builder.AddState(accepts: true);
        builder.AddEdge(start, '+', signed);
        builder.AddEdge(start, '-', signed);
        foreach (int state in (int[])[start, signed])
        {
            builder.AddEdge(state, '0', last);
            builder.AddEdge(state, '1', twoLeft);
            builder.AddEdge(state, '2', two);
            builder.AddEdge(state, '3', '9', oneLeft);
        }

        builder.AddEdge(twoLeft, '0', '9', oneLeft);
        builder.AddEdge(two, '0', '8', oneLeft);
        builder.AddEdge(two, '9', last);
        builder.AddEdge(oneLeft, '0', '9', last);
        return start;
    }
}
