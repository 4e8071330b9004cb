using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.Tests;

public sealed class OperationModelTests
{
    [TestCase("33 classes * 15 students/class = 495 students", "33*15")]
    [TestCase("Total = $3.5 * 4000 = $14,000", "3.5*4000")]
    [TestCase("\\(12 \\times 7 = 84\\)", "12*7")]
    [TestCase("10 + 5 - 3 = 12", "10+5 5-3")]
    [TestCase("20 x 3 = 60", "20*3")]
    [TestCase("x + 5 = 10", "")]
    [TestCase("1e999 * 2 = 3, 1,234.5.6 + 1 = 2", "")]
    public void Reads_the_operations_of_a_step(string step, string expected)
    {
        string read = string.Join(' ', OperationReader.Read(MathTokenizer.Read(MathText.Normalize(step))).Select(static o => $"{o.Left}{o.Sign}{o.Right}"));
        Assert.That(read, Is.EqualTo(expected));
    }

    [Test]
    public void Probabilities_add_up()
    {
        WordedQuantity price = new(Rational.Whole(15), -1, 0, "$", ["<costs", ">each"]);
        WordedQuantity count = new(Rational.Whole(4), -1, 1, "ticket", ["<bought"]);
        Span<double> logs = stackalloc double[OperationModel.SignCount];
        OperationModel.Default.GivenPair(price, count, logs);
        double sum = 0;
        foreach (double log in logs)
        {
            sum += Math.Exp(log);
        }

        Assert.That(sum, Is.EqualTo(1).Within(1e-9));
    }

    [Test]
    public void Finds_the_gold_operation_of_unseen_questions_more_often_than_chance()
    {
        // GSM8K's test solutions, which the model was not fitted on; always the most frequent operation would be right for 4 in 10.
        int right = 0, all = 0;
        double plausible = 0, swapped = 0;
        foreach (string line in File.ReadLines(SharedData.Require("data", "gsm8k", "test.jsonl")).Take(200))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            string answer = System.Text.RegularExpressions.Regex.Replace(row.RootElement.GetProperty("answer").GetString()!, "<<[^>]*>>", "");
            foreach (OperationStep step in Judge(row.RootElement.GetProperty("question").GetString()!, answer.Split('\n')).Steps)
            {
                for (int i = 0; i < step.Operations.Count; i++)
                {
                    all++;
                    right += step.GivenPair[i] > Math.Log(0.5) ? 1 : 0;
                    plausible += step.GivenPair[i];
                }
            }

            string damaged = answer.Replace(" * ", " ? ", StringComparison.Ordinal).Replace('*', '+').Replace(" ? ", " + ", StringComparison.Ordinal);
            swapped += Judge(row.RootElement.GetProperty("question").GetString()!, damaged.Split('\n')).Steps.SelectMany(static s => s.GivenPair).Sum();
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That((double)right / all, Is.GreaterThan(0.55), $"{all} operations");
            Assert.That(swapped, Is.LessThan(plausible), "sums in the place of products are less plausible");
        }
    }

    [Test]
    public void The_same_trace_before_its_end_has_the_same_operations()
    {
        const string Question = "A box holds 12 pens. Ann buys 3 boxes and gives away 6 pens. How many are left?";
        string[] steps = ["Ann has 3 * 12 = 36 pens.", "She keeps 36 - 6 = 30 pens.", "So 30 are left."];
        OperationTrace whole = Judge(Question, steps), begun = Judge(Question, steps[..1]);
        Assert.That(begun.Steps[0].GivenPair, Is.EqualTo(whole.Steps[0].GivenPair));
        Assert.That(begun.Steps[0].Choice, Is.EqualTo(whole.Steps[0].Choice));
    }

    [Test]
    public void No_text_makes_it_fail() => Prop.ForAll(
        Gen.Elements("12", "3.5", "1e999", "½", "1,234.5.6", "+", "-", "*", "/", "=", "(", ")", "%", "$", "\\frac{", "}", "each", "boxes", "\n", ".", "…", "<<", ">>").ListOf().ToArbitrary(),
        parts =>
        {
            string text = string.Join(' ', parts);
            return Judge(text, [text, text]).Steps.SelectMany(static s => s.GivenPair.Concat(s.GivenWords).Concat(s.Choice)).All(static v => double.IsFinite(v) && v <= 1e-9);
        }).QuickCheckThrowOnFailure();

    private static OperationTrace Judge(string question, IEnumerable<string> steps) =>
        new(MathTokenizer.Read(MathText.Normalize(question)), steps.Select(static s => MathTokenizer.Read(MathText.Normalize(s))), OperationModel.Default);
}
