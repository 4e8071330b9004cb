using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.Tests;

public sealed class DateSpansTests
{
    [TestCase("due 2024-03-05.", "2024-03-05")]
    [TestCase("2024/3/5 and 2024.12.31", "2024-03-05 2024-12-31")]
    [TestCase("3/5/2024", "2024-03-05 2024-05-03")]
    [TestCase("13/5/2024 and 5/13/2024", "2024-05-13 2024-05-13")]
    [TestCase("5/5/2024", "2024-05-05")]
    [TestCase("5.3.2024", "2024-03-05")]
    [TestCase("3-5-24 and 3/5/99", "2024-03-05 2024-05-03 1999-03-05 1999-05-03")]
    [TestCase("March 5, 2024; Mar. 5 2024; march 5th, 2024", "2024-03-05 2024-03-05 2024-03-05")]
    [TestCase("5 Mar 2024, 5th of March 2024, 5-Mar-2024, 5. March", "2024-03-05 2024-03-05 2024-03-05")]
    [TestCase("Sept 1, 2023 and 31 December 1999", "2023-09-01 1999-12-31")]
    [TestCase("2024-03-05T14:30:00Z", "2024-03-05")]
    [TestCase("2024-02-30 and 2/30/2023 and 2023-02-29", "")]
    [TestCase("March 5 and 3/5 and March 2024 and 2024", "")]
    [TestCase("12024-03-05 and 1.2.3.2024 and 555-03-2024-11", "")]
    [TestCase("", "")]
    public void Dates_are_read(string text, string dates) =>
        Assert.That(string.Join(' ', SpanValues.Find(SpanValueKind.Date, text).Select(v => v.Text)), Is.EqualTo(dates));

    [TestCase("at 14:30", "14:30:00")]
    [TestCase("at 14:30:05.25 or 09:05", "14:30:05.25 09:05:00")]
    [TestCase("at 2:30", "02:30:00 14:30:00")]
    [TestCase("2:30 pm, 2pm, 2 p.m., 12 am, 12:15 PM", "14:30:00 14:00:00 14:00:00 00:00:00 12:15:00")]
    [TestCase("14:30Z and 14:30+01:00", "14:30:00Z 14:30:00+01:00")]
    [TestCase("2024-03-05T07:00:00Z", "07:00:00Z")]
    [TestCase("noon or Midnight", "12:00:00 00:00:00")]
    [TestCase("25:00, 14:60, 13 pm, 1:2:3:4, 1:30:99, a1:30", "")]
    [TestCase("afternoon, 5 apples, 5 amps", "")]
    public void Times_are_read(string text, string times) =>
        Assert.That(string.Join(' ', SpanValues.Find(SpanValueKind.Time, text).Select(v => v.Text)), Is.EqualTo(times));

    [TestCase("2024-03-05T14:30:00Z", "2024-03-05T14:30:00Z")]
    [TestCase("2024-03-05 14:30", "2024-03-05T14:30:00")]
    [TestCase("March 5, 2024 at 2:30 pm", "2024-03-05T14:30:00")]
    [TestCase("2 pm on Tuesday, 5 March 2024", "2024-03-05T14:00:00")]
    [TestCase("March 5, 2024, noon", "2024-03-05T12:00:00")]
    [TestCase("3/5/2024 at 14:00", "2024-03-05T14:00:00 2024-05-03T14:00:00")]
    [TestCase("March 5, 2024 we meet Bob at 2:30 pm", "")]
    [TestCase("March 5, 2024", "")]
    public void Days_with_a_time_are_read(string text, string values) =>
        Assert.That(string.Join(' ', SpanValues.Find(SpanValueKind.DateTime, text).Select(v => v.Text)), Is.EqualTo(values));

    [Test]
    public void Every_day_written_in_a_text_is_found() => Prop.ForAll(
        Gen.Choose(1950 * 366, 2048 * 365).Select(static d => DateOnly.MinValue.AddDays(d - (1950 * 366) + 711_857)).ToArbitrary(),
        Gen.Elements("yyyy-MM-dd", "M/d/yyyy", "d/M/yyyy", "dd.MM.yyyy", "MMMM d, yyyy", "d MMM yyyy", "dd-MMM-yyyy", "MM-dd-yy", "yyyy/MM/dd").ToArbitrary(),
        static (day, form) => SpanValues.Texts(SpanValueKind.Date, $"It was on {day.ToString(form, CultureInfo.InvariantCulture)}, I think.").Contains(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Test]
    public void What_is_offered_is_what_its_place_says() => Prop.ForAll(Texts.ToArbitrary(), static text =>
        ((SpanValueKind[])[SpanValueKind.Date, SpanValueKind.Time, SpanValueKind.DateTime]).All(kind =>
            SpanValues.Find(kind, text).All(v => SpanValues.Texts(kind, text.Substring(v.Start, v.Length)).Contains(v.Text))))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    private static readonly Gen<string> Texts = Gen.Elements("1", "25", "3", "2024", "-", "/", ".", " ", ",", "Mar", "May ", "th", " of ", ":30", ":15", "T", "Z", "pm", " at ", "noon")
        .ListOf().Select(static parts => string.Concat(parts));
}
