using System.Globalization;
using System.Text.RegularExpressions;

namespace HeteroAgent.Cli;

/// <summary>Puts one error into a marked GSM8K solution and lets it run on through the later steps, as a model's own error would.</summary>
internal static partial class SolutionDamage
{
    private const double SlipShare = 0.15;

    /// <summary>Damages one marked equation.</summary>
    /// <returns>The new steps and the step with the error, or null where nothing could be changed.</returns>
    public static (string[] Steps, int FirstError)? Apply(string question, string[] steps, Random random)
    {
        int[] marked = [.. Enumerable.Range(0, steps.Length).Where(i => Mark().IsMatch(steps[i]))];
        if (marked.Length == 0)
        {
            return null;
        }

        int target = marked[random.Next(marked.Length)];
        Match mark = Mark().Match(steps[target]);
        string expression = mark.Groups[1].Value;
        if (!TryValue(mark.Groups[2].Value, out double result) || Damaged(question, expression, random) is not { } changed)
        {
            return null;
        }

        double value;
        if (random.NextDouble() < SlipShare)
        {
            changed = expression;
            value = result + (random.Next(2) == 0 ? -1 : 1) * (random.Next(4) == 0 ? 10 : random.Next(1, 4));
        }
        else if (!Expression.TryEvaluate(changed, out value) || !double.IsFinite(value))
        {
            return null;
        }

        if (Math.Abs(value - result) < 1e-9 || value <= 0)
        {
            return null;
        }

        string[] damaged = [.. steps];
        damaged[target] = Restate(damaged[target], expression, changed, Written(result), Written(value));
        Propagate(damaged, target + 1, new() { [Written(result)] = Written(value) });
        return (damaged, target);
    }

    private static string? Damaged(string question, string expression, Random random)
    {
        int[] operators = [.. Enumerable.Range(1, Math.Max(expression.Length - 1, 0)).Where(i => i < expression.Length && "+-*/".Contains(expression[i]) && (char.IsDigit(expression[i - 1]) || expression[i - 1] is ')' or '%'))];
        if (operators.Length == 0)
        {
            return null;
        }

        if (random.Next(5) < 3)
        {
            int at = operators[random.Next(operators.Length)];
            string others = string.Concat("+-*/".Where(c => c != expression[at]));
            return string.Concat(expression.AsSpan(0, at), others.AsSpan(random.Next(others.Length), 1), expression.AsSpan(at + 1));
        }

        // Another number of the question in the place of one of the operands.
        MatchCollection operands = Number().Matches(expression);
        string[] numbers = [.. Number().Matches(question).Select(static m => m.Value).Where(n => !operands.Any(o => o.Value == n))];
        if (operands.Count == 0 || numbers.Length == 0)
        {
            return null;
        }

        Match operand = operands[random.Next(operands.Count)];
        return string.Concat(expression.AsSpan(0, operand.Index), numbers[random.Next(numbers.Length)], expression.AsSpan(operand.Index + operand.Length));
    }

    private static void Propagate(string[] steps, int from, Dictionary<string, string> changed)
    {
        for (int i = from; i < steps.Length; i++)
        {
            steps[i] = Number().Replace(steps[i], m => changed.GetValueOrDefault(m.Value.Replace(",", "", StringComparison.Ordinal), m.Value));
            foreach (Match mark in Mark().Matches(steps[i]))
            {
                string before = mark.Groups[2].Value;
                if (TryValue(before, out double stated) && Expression.TryEvaluate(mark.Groups[1].Value, out double value) && double.IsFinite(value) && Math.Abs(value - stated) > 1e-6)
                {
                    changed.TryAdd(Written(stated), Written(value));
                    steps[i] = Restate(steps[i], "", "", Written(stated), Written(value));
                }
            }
        }
    }

    private static string Restate(string step, string expression, string changed, string before, string after)
    {
        string restated = step;
        if (expression.Length > 0 && expression != changed)
        {
            restated = restated.Replace(expression, changed, StringComparison.Ordinal);
            string spaced = Spaced(expression);
            restated = restated.Replace(spaced, Spaced(changed), StringComparison.Ordinal).Replace(spaced.Replace('*', 'x'), Spaced(changed).Replace('*', 'x'), StringComparison.Ordinal);
        }

        // From the first equals sign on, the old result is the new one.
        int equals = restated.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? restated : string.Concat(restated.AsSpan(0, equals), Number().Replace(restated[equals..], m => m.Value.Replace(",", "", StringComparison.Ordinal) == before ? after : m.Value));
    }

    private static string Spaced(string expression) => Operator().Replace(expression, " $1 ");

    private static string Written(double value) => Math.Round(value, 2).ToString(CultureInfo.InvariantCulture);

    private static bool TryValue(string text, out double value) => double.TryParse(text.Replace(",", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    [GeneratedRegex(@"<<([^<>=]+)=\$?(-?[\d,]*\.?\d+)>>")]
    private static partial Regex Mark();

    [GeneratedRegex(@"\d[\d,]*(?:\.\d+)?(?<!,)|\.\d+")]
    private static partial Regex Number();

    [GeneratedRegex(@"([+\-*/])")]
    private static partial Regex Operator();
}
