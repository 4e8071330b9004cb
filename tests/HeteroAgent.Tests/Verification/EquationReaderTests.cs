using NUnit.Framework;

namespace HeteroAgent.Tests;

/// <summary>Worked by hand: what each text says, and what is left out because it cannot be read with certainty.</summary>
public sealed class EquationReaderTests
{
    [TestCase("In total 3*20=<<3*20=60>>60 cups", "Right")]
    [TestCase("800/3=<<800/3=266.6666666666667>>266.6666666666667 cups", "Rounded")]
    [TestCase("20 x 3 = <<20*3=60>>60 cups", "Right")]
    [TestCase("12 × 7 = 94", "Wrong")]
    [TestCase("12 ÷ 4 = 3", "Right")]
    [TestCase("12 ÷ 4 = 4", "Wrong")]
    [TestCase("20% of 50 = 10", "Right")]
    [TestCase("20% of 50 = 12", "Wrong")]
    [TestCase("0.2 * 50 = 10 dollars", "Right")]
    [TestCase("2 1/2 + 1/2 = 3", "Right")]
    [TestCase(@"2\frac{1}{2} + \frac12 = 3", "Right")]
    [TestCase(@"2\frac{1}{2} = 1", "Right", Description = "A product is another reading.")]
    [TestCase(@"\frac{3}{4} \times 8 = 6", "Right")]
    [TestCase(@"\dfrac{3}{4} \cdot 8 = 7", "Wrong")]
    [TestCase("$1,234.50 + $10 = $1,244.50", "Right")]
    [TestCase("½ + ½ = 1", "Right")]
    [TestCase("2½ * 2 = 5", "Right")]
    [TestCase("2½ * 2 = 6", "Wrong")]
    [TestCase("The cost is $5 + $3 = $8", "Right")]
    [TestCase("The cost is $5 + $3 = $9", "Wrong")]
    [TestCase("5 times 3 equals 15", "Right")]
    [TestCase("5 times 3 equals 16", "Wrong")]
    [TestCase("12 divided by 4 = 3", "Right")]
    [TestCase("200 - 20% = 160", "Right")]
    [TestCase("15/60 = 25%", "Right")]
    [TestCase("15/60 = 25", "PercentSlip")]
    [TestCase("7/2 = 3", "Forced")]
    [TestCase("7/2 = 4", "Forced")]
    [TestCase("7/2 = 5", "Wrong")]
    [TestCase("100 / 3 = 33.3", "Rounded")]
    [TestCase("100 / 3 = 33.34", "Truncated")]
    [TestCase("100 / 3 ≈ 33.3", "Rounded")]
    [TestCase("100 / 3 = 43.3", "Wrong")]
    [TestCase("3 hours * 60 minutes/hour = 180 minutes", "Right")]
    [TestCase("2 hours + 30 minutes = 150 minutes", "Conversion")]
    [TestCase("24 miles (running) + 12 miles (walking) = 36 miles", "Right")]
    [TestCase("24 miles (running) + 12 miles (walking) = 37 miles", "Wrong")]
    [TestCase(@"\[24 \text{ miles (running)} + 12 \text{ miles (walking)} = 36 \text{ miles}\].", "Right")]
    [TestCase("10^2 + 5 = 105", "Right")]
    [TestCase("10² + 5 = 115", "Wrong")]
    [TestCase(@"\sqrt{16} + 1 = 5", "Right")]
    [TestCase("3(4) = 12", "Right")]
    [TestCase("(2)(3) = 7", "Wrong")]
    [TestCase("- 5 + 3 = 8", "Right", Description = "The dash of a list is no sign.")]
    [TestCase("He walked 5 hours - that is 5 * 2 = 10 miles", "Right")]
    [TestCase("3 * 4 = 12 + 5 = 17", "Right", Description = "A run-on chain: each sign holds for what was reached.")]
    [TestCase("3 + 5 = 8 + 2 = 11", "Wrong")]
    [TestCase("4 + 4 = 2 * 4 = 8", "Right Right")]
    [TestCase("4 + 4 = 2 * 4 = 9", "Right Wrong")]
    [TestCase("12 * 7 is 84", "Right")]
    [TestCase("12 * 7 is 94", "Wrong")]
    [TestCase("1/3 of 18 = 6 flamingos", "Right")]
    [TestCase("60 = 2 * 3 * 10", "Right")]
    [TestCase("8 = 3 + 4", "Wrong")]
    [TestCase("$5 x 3 = $15 and 2 * 2 = 5", "Right Wrong")]
    [TestCase("60 - 15 - 25 = 20, so 20 + 5 = 24", "Right Wrong")]
    [TestCase("(7 - -7 * 4) = (7 - 28)", "Wrong")]
    [TestCase("12 - -3 = 15", "Right")]
    [TestCase("3 million + 2 million = 5 million", "Right")]
    [TestCase("4 * $2.50 = $10.00", "Right")]
    [TestCase("-6 * -5 = 30", "Right")]
    [TestCase("2^10 = 1024", "Right")]
    [TestCase("2**3 = 8", "Right")]
    [TestCase(@"\boxed{3 + 4 = 8}", "Wrong")]
    [TestCase(@"32 - 12 = \boxed{20}", "Right")]
    [TestCase("dividing $1200 by $5: $1200 / $5 = 240 bills", "Right")]
    [TestCase("24,000 * 2 = 48,000", "Right")]
    [TestCase(@"24{,}000 \cdot 2 = 48{,}001", "Wrong")]
    public void Is_read_as(string text, string expected) => Assert.That(string.Join(' ', EquationReader.Read(text).Select(static e => e.Status)), Is.EqualTo(expected));

    [TestCase("She has 5 quarters = 5·25 cents")]
    [TestCase("1 hour = 60 * 60 seconds")]
    [TestCase("x + 5 = 8")]
    [TestCase("2x + 3 = 7")]
    [TestCase("f(2+3) = 9")]
    [TestCase("5! = 120")]
    [TestCase("17/4 = 4 remainder 1")]
    [TestCase("5 + 3 = 1 (mod 7)")]
    [TestCase("1 + 2 + ... + 10 = 55")]
    [TestCase(@"1 + 2 + \cdots + 10 = 55")]
    [TestCase(@"\sum_{i=1}^{3} i + 1 = 9")]
    [TestCase(@"\binom{5}{2} + 1 = 11")]
    [TestCase(@"\sin 30 + 1 = 1.5")]
    [TestCase(@"2\pi + 1 = 7")]
    [TestCase("101_2 + 11_2 = 1000_2")]
    [TestCase("the average of 5 + 3 is 4")]
    [TestCase("half of 60 + 2 = 32")]
    [TestCase("twice 5 + 3 = 13")]
    [TestCase("5 + 3 >= 7")]
    [TestCase("5 + 3 != 7")]
    [TestCase("1,234.5.6 + 1 = 3")]
    [TestCase("1e999 * 2 = 5")]
    [TestCase("3:4 = 6:8")]
    [TestCase("price * 3 = 12")]
    [TestCase("1/0 = 5")]
    [TestCase("= = =")]
    [TestCase("")]
    public void Is_left_out(string text) => Assert.That(EquationReader.Read(text), Is.Empty);

    [TestCase("A = (x + 1)^2 = x^2 + 2x + 1", true)]
    [TestCase("A = (x + 1)^2 = x^2 + 2x + 2", false)]
    [TestCase(@"= \frac{x^2 - y^2}{x-y} = x + y", true)]
    [TestCase(@"y = 3(x - 2) + 4 = 3x - 6 + 4 = 3x - 3", false)]
    public void A_chained_simplification_is_checked_at_sample_points(string text, bool holds)
    {
        string normal = MathText.Normalize(text);
        IReadOnlyList<Identity> found = IdentityReader.Read(normal, MathTokenizer.Read(normal));
        Assert.That(found, Is.Not.Empty);
        Assert.That(found.All(static i => i.Holds), Is.EqualTo(holds));
    }

    [TestCase("2x + 3 = 7")]
    [TestCase("2x + 3 = x + 5")]
    [TestCase("f(x) = 2f(x) = 3f(x)")]
    [TestCase("z = 2 + 3i = 3 + 2i")]
    [TestCase("A = 2(rst) = 3rst")]
    public void What_may_be_no_simplification_is_never_wrong(string text)
    {
        string normal = MathText.Normalize(text);
        Assert.That(IdentityReader.Read(normal, MathTokenizer.Read(normal)).All(static i => i.Holds), Is.True);
    }
}
