using System.Collections.Frozen;

namespace HeteroAgent;

/// <summary>Tells kinds of traces apart, so that each can have a calibration of its own.</summary>
internal static class TraceDomain
{
    public const string Arithmetic = "arithmetic";
    public const string Mathematics = "mathematics";
    public const string Agent = "agent";
    public const string Logic = "logic";
    public const string Other = "other";

    private static readonly FrozenSet<string> Story = ("he she they his her their how many much each every buys bought sells sold cost costs price pay paid earns money dollars hours days weeks minutes friends apples has have had gave left more than total week day year old age "
        + "school children students people eats needs makes made spend spent miles bags boxes").Split(' ').ToFrozenSet();

    private static readonly FrozenSet<string> Theory = ("integer integers prime polynomial function functions triangle vertices vertex circle radius perpendicular parallel angle angles probability digit digits divisor divisors divisible multiple multiples factor factors remainder mod modulo solve "
        + "equation equations real positive negative evaluate simplify compute express coordinates plane sequence arithmetic geometric matrix vector root roots expression value values quadratic decimal fraction rectangle square cube polygon hexagon sides base exponent logarithm distinct permutations arrangements lattice ellipse parabola hyperbola complex lcm gcd greatest least smallest largest consecutive ways arranged arrange combinations committee randomly random die dice diameter degrees octagon pentagon diagonals circumference volume mean median rotations identical distinguishable permutation possible probabilities ratio perimeter possible select choose number numbers factorials card cards necklace bracelet minimum maximum edges faces").Split(' ').ToFrozenSet();

    public static string Of(TraceText trace)
    {
        if (trace.Agent is not null)
        {
            return Agent;
        }

        string question = trace.Source.Question;
        // A bare expression to work out is a puzzle too: its errors have nothing of a word problem's, and would move the threshold of those.
        if (IsLogic(question) || IsExpression(trace.Question))
        {
            return Logic;
        }

        if (question.Contains('\\') || question.Contains("[asy]", StringComparison.Ordinal) || HasFormula(question))
        {
            return Mathematics;
        }

        if (trace.Steps.Any(static s => s.Raw.Contains("<answer>", StringComparison.Ordinal) || s.Raw.Contains("<think>", StringComparison.Ordinal)) && trace.Steps.All(static s => s.Equations.Count == 0))
        {
            return Agent;
        }

        if (trace.Steps.Any(static s => s.Raw.Contains("binom{", StringComparison.Ordinal) || s.Raw.Contains("\\pi", StringComparison.Ordinal)))
        {
            return Mathematics;
        }

        int story = trace.Question.Words.Count(Story.Contains), theory = trace.Question.Words.Count(Theory.Contains);
        if (trace.Question.Words.Count == 0)
        {
            return Unasked(trace);
        }

        bool computes = trace.Steps.Any(static s => s.Equations.Count > 0);
        bool numbers = trace.Question.Quantities.Count > 0;
        if (theory > 0 && theory * 2 > story)
        {
            return Mathematics;
        }

        return numbers && (story > 0 || computes) && (computes || trace.Steps.Any(static s => s.Quantities.Count > 0)) ? Arithmetic : Other;
    }

    private static string Unasked(TraceText trace)
    {
        int latex = trace.Steps.Sum(static s => s.Raw.Count(static c => c == '\\'));
        return trace.Steps.Any(static s => s.Equations.Count > 0) ? latex > 10 * trace.Steps.Count ? Mathematics : Arithmetic : Other;
    }

    private static bool IsLogic(string question) =>
        (question.Contains("(A)", StringComparison.Ordinal) && question.Contains("(B)", StringComparison.Ordinal)
            && (question.Contains(" swap", StringComparison.Ordinal) || question.Contains(" switch", StringComparison.Ordinal) || question.Contains(" trade", StringComparison.Ordinal) || question.Contains("arranged in a fixed order", StringComparison.Ordinal)))
        || question.Contains("statements are logically consistent", StringComparison.Ordinal);

    // ((3 + 4) * 2) =
    private static bool IsExpression(TextView question) => question.Words.Count > 0 && question.Words.TrueForAll(static w => char.IsAsciiDigit(w[0])) && question.Tokens.Exists(static t => t.Kind == TokenKind.Operator);

    // $x + 1$: a letter or an operator between two dollar signs that stand close together.
    private static bool HasFormula(string question)
    {
        int at = question.IndexOf('$', StringComparison.Ordinal);
        while (at >= 0)
        {
            int next = question.IndexOf('$', at + 1);
            if (next < 0)
            {
                return false;
            }

            ReadOnlySpan<char> inside = question.AsSpan(at + 1, next - at - 1);
            bool starts = at == 0 || !char.IsLetterOrDigit(question[at - 1]);
            bool closes = inside.Length is > 0 and < 60 && !char.IsWhiteSpace(inside[^1]) && !char.IsWhiteSpace(inside[0]) && (next + 1 == question.Length || !char.IsAsciiDigit(question[next + 1]));
            if (starts && closes)
            {
                return true;
            }

            at = next;
        }

        return false;
    }
}
