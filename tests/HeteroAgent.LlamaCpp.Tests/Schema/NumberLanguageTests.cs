using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public class NumberLanguageTests
{
    private static readonly string[] Bounds = ["0", "1", "-1", "9.5", "10", "-10.25", "99", "100", "0.001", "-0.5", "12345"];
    private static readonly string[] Divisors = ["1", "2", "3", "0.5", "0.01", "2.5", "7"];

    // The decimal type of the framework decides what is right.
    [Test]
    public void A_number_is_read_where_the_bounds_and_divisors_hold() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(
            Gen.Elements(Bounds).Zip(Gen.Elements(Enum.GetValues<NumberComparisonKind>())).Zip(Gen.Elements(Divisors).Zip(Gen.Elements(0, 1, 2))).Zip(Gen.Choose(-130_000, 130_000).Zip(Gen.Elements(1, 10, 100, 1000))).ToArbitrary(),
            sample =>
            {
                (((string bound, NumberComparisonKind kind), (string divisor, int use)), (int mantissa, int scale)) = sample;
                decimal number = mantissa / (decimal)scale;
                decimal limit = decimal.Parse(bound, CultureInfo.InvariantCulture);
                NumberBounds demand = new()
                {
                    Comparisons = [new NumberComparison(kind, ExactNumber.Parse(bound))],
                    Divisors = use == 0 ? [] : [(ExactNumber.Parse(divisor), use == 2)],
                };
                bool right = new NumberComparison(kind, default).Holds(number.CompareTo(limit))
                    && (use == 0 || (number % decimal.Parse(divisor, CultureInfo.InvariantCulture) == 0) != (use == 2));
                string text = number.ToString("0.#####", CultureInfo.InvariantCulture);
                TextAutomaton all = NumberLanguage.Build(demand, integers: true, fractions: true);
                TextAutomaton whole = NumberLanguage.Build(demand, integers: true, fractions: false);
                TextAutomaton broken = NumberLanguage.Build(demand, integers: false, fractions: true);
                bool isWhole = number == decimal.Truncate(number);
                return all.Matches(text) == right && whole.Matches(text) == (right && isWhole) && broken.Matches(text) == (right && !isWhole)
                    && demand.Matches(text) == right && (isWhole || all.Matches(text + "0") == right);
            }));

    [TestCase("-0", false)]
    [TestCase("-0.0", false)]
    [TestCase("01", false)]
    [TestCase("1.", false)]
    [TestCase(".5", false)]
    [TestCase("-", false)]
    [TestCase("0.50", true)]
    [TestCase("123456789012345678", true)]
    [TestCase("1234567890123456789", false)]
    public void Only_canonical_texts_are_numbers(string text, bool read) =>
        Assert.That(NumberLanguage.Build(new NumberBounds { Divisors = [(ExactNumber.Parse("0.01"), false)] }, integers: true, fractions: true).Matches(text), Is.EqualTo(read));
}
