using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.Tests;

public sealed class NumberSpansTests
{
    [TestCase("It costs $20.", "20")]
    [TestCase("1,250.50 or 1.250,75", "1250.5 1250.75")]
    [TestCase("about 1,250 people", "1.25 1250")]
    [TestCase("about 1.250 people", "1.25 1250")]
    [TestCase("1,250,000 and 1.250.000", "1250000 1250000")]
    [TestCase("0.250 and 0,250", "0.25 0.25 0 250")]
    [TestCase("1 250 or 1\u202F250", "1 250 1250")]
    [TestCase("12'500.5", "12500.5")]
    [TestCase("3,4", "3.4 3 4")]
    [TestCase("rooms 3,4,15", "3 4 15")]
    [TestCase("minus -5, \u22127.25, -$3 and 5-10", "-5 -7.25 -3 5 10")]
    [TestCase("+5 and -0", "5 0")]
    [TestCase("12% of 7.5 percent", "12 0.12 7.5 0.075")]
    [TestCase("1.2 million, 5k, 3bn, 2 hundred", "1.2 1200000 5 5000 3 3000000000 2 200")]
    [TestCase("1e5 and 2.5E-3", "100000 0.0025")]
    [TestCase("20kg, the 5th at 2pm", "20 5 2")]
    [TestCase("A4, B2B, 7f3a, 0x1F, x_7", "")]
    [TestCase("10.0.0.1 and v1.2.3", "")]
    [TestCase(".5 and 0.50", "0.5 0.5")]
    [TestCase("007", "7")]
    [TestCase("2525,0001e5", "252500010 2525")]
    [TestCase("on 2024-03-05 at 14:30", "2024 3 5 14 30")]
    [TestCase("three cats, Twenty-one dogs, five hundred mice, someone", "3 21 5 500")]
    [TestCase("five six seven", "5 6 7")]
    [TestCase("ten two thousand", "10 2 2000")]
    [TestCase("123456789012345678901234567890", "")]
    [TestCase("No number here.", "")]
    [TestCase("", "")]
    public void Numbers_are_read(string text, string numbers) =>
        Assert.That(string.Join(' ', SpanValues.Find(SpanValueKind.Number, text).Select(v => v.Text)), Is.EqualTo(numbers));

    [Test]
    public void Integers_are_whole_numbers() =>
        Assert.That(SpanValues.Texts(SpanValueKind.Integer, "20.00, 7.5 and 1,250; 20"), Is.EqualTo((string[])["20", "1250"]));

    [Test]
    public void Every_number_written_in_a_text_is_found() => Prop.ForAll(Written.ToArbitrary(), static w =>
        SpanValues.Texts(SpanValueKind.Number, $"The {w.Before}{w.Text}{w.After} x").Contains(NumberSpans.Write(w.Value)))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Test]
    public void What_is_offered_is_what_its_place_says() => Prop.ForAll(Texts.ToArbitrary(), static text =>
        SpanValues.Find(SpanValueKind.Number, text).All(v => SpanValues.Texts(SpanValueKind.Number, text.Substring(v.Start, v.Length)).Contains(v.Text)))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    private static readonly Gen<(decimal Value, string Text, string Before, string After)> Written =
        from cents in Gen.Choose(-2_000_000_000, 2_000_000_000)
        from scale in Gen.Choose(0, 4)
        from form in Gen.Elements("0.####", "#,##0.####", "continental")
        from before in Gen.Elements("", "(", "$", "price ", "\"", "= ")
        from after in Gen.Elements("", ".", ",", ")", "%", " kg", "kg", "\"", "!", " €")
        let value = cents / (decimal)Math.Pow(10, scale)
        let english = value.ToString(form == "continental" ? "#,##0.####" : form, CultureInfo.InvariantCulture)
        let text = form == "continental" ? english.Replace(',', '\'').Replace('.', ',').Replace('\'', '.') : english
        select (value, text, before, after);

    private static readonly Gen<string> Texts = Gen.Elements("1", "25", "000", "250", ",", ".", "-", " ", "%", "k", "e", "x", "$", "three", " million", "\u202F", "five ", "hundred", "'", "+", "é", "(")
        .ListOf().Select(static parts => string.Concat(parts));
}
