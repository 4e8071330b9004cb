using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.Tests;

public sealed class EquationPropertyTests
{
    private static readonly string[] Pieces =
    [
        "1", "2", "12", "3.5", ".", ",", "=", "≈", "+", "-", "*", "×", "x", "/", "^", "(", ")", "[", "]", "{", "}", "\\frac", "\\sqrt", "\\text", "\\", "$", "%", "½", "²", "<<", ">>", "of", "is", "times", "apples", "a", "y", "…", "...", "\n", " ", "e9", "E+", "1,234", "1e999",
        "\u0001", "é", "\U0001F600", "\uD800", "\u0000", "**", ":", "!", "_", "|", "π", "'", "million", "remainder", "<tool_call>", "</tool_call>", "<tool_response>", "\\boxed{", "Step 1:", "\"contents\": \"",
    ];

    [Test]
    public void A_right_sum_or_product_is_right_and_a_changed_one_is_not() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(400),
        Prop.ForAll(
            Gen.Choose(-200, 200).ArrayOf(4).ToArbitrary(),
            Gen.Elements('+', '-', '*').ArrayOf(3).ToArbitrary(),
            Gen.Choose(1, 50).ToArbitrary(),
            static (numbers, signs, change) =>
            {
                // The reference is the host language's own arithmetic.
                long value = numbers[0], pending = 0;
                string text = Write(numbers[0]);
                for (int i = 0; i < 3; i++)
                {
                    long next = numbers[i + 1];
                    text += $" {signs[i]} {Write(next)}";
                    if (signs[i] == '*')
                    {
                        value *= next;
                    }
                    else
                    {
                        pending += value;
                        value = signs[i] == '+' ? next : -next;
                    }
                }

                long total = pending + value;
                return Only($"{text} = {total}") == EquationStatus.Right && Only($"So {text} = {total + change} apples.") == EquationStatus.Wrong;

                static string Write(long n) => n < 0 ? $"({n})" : $"{n}";
            }));

    [Test]
    public void A_quotient_cut_to_some_digits_is_never_wrong() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(Gen.Choose(1, 5000).ToArbitrary(), Gen.Choose(1, 99).ToArbitrary(), Gen.Choose(1, 6).ToArbitrary(), static (a, b, digits) =>
        {
            decimal value = Math.Round((decimal)a / b, digits);
            return Only(FormattableString.Invariant($"{a} / {b} = {value}")) is EquationStatus.Right or EquationStatus.Rounded;
        }));

    [Test]
    public void No_text_makes_it_throw() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1500),
        Prop.ForAll(Gen.Elements(Pieces).ArrayOf().ToArbitrary(), static pieces =>
        {
            string text = string.Concat(pieces);
            TraceAnalysis analysis = TraceAnalysis.Of(new ReasoningTrace(text, [text, string.Join(' ', pieces)]));
            return analysis.StepCount == 2 && analysis.Features(1).Length == TraceAnalysis.FeatureNames.Count;
        }));

    private static EquationStatus? Only(string text) => EquationReader.Read(text) is [var only] ? only.Status : null;
}
