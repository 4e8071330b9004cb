using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public class PatternAutomatonTests
{
    private static readonly string[] Patterns =
    [
        "a", "^a", "a$", "^a*$", "^(ab|a)c?$", "(^a|b$)", "^[a-c]{2,3}$", "^[^a]+$", "a.c", "^(a|b)*abb", "[ab][^c]$", "^$", "", "^a{2}b{1,}$",
        "^(?!ab)[a-c]*$", "^(?=.*c)(?!.*bb)[a-c]+$", "x|^y|z$", "^\\d+\\.\\w$", "(a|b$)c*", "^(|a)b", "\\S\\s", "^[\\d-]+$", "a|b|", "^(?:a(?:b|c){2})+$",
    ];

    [Test]
    public void A_pattern_matches_what_the_regular_expression_matches() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(Gen.Elements(Patterns).Zip(Gen.ListOf(Gen.Elements('a', 'b', 'c', 'x', '1', '.', '-', ' ', 'é'))).ToArbitrary(), pair =>
        {
            string text = new([.. pair.Item2]);
            return PatternAutomaton.Of(pair.Item1).Matches(text) == Regex.IsMatch(text, pair.Item1, RegexOptions.ECMAScript);
        }));

    [Test]
    public void Complement_and_intersection_are_those_of_sets() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(Gen.Elements(Patterns).Zip(Gen.Elements(Patterns)).Zip(Gen.ListOf(Gen.Elements('a', 'b', 'c', '1'))).ToArbitrary(), triple =>
        {
            string text = new([.. triple.Item2]);
            TextAutomaton one = PatternAutomaton.Of(triple.Item1.Item1);
            TextAutomaton other = PatternAutomaton.Of(triple.Item1.Item2);
            return one.Complement().Matches(text) != one.Matches(text)
                && one.Intersect(other).Matches(text) == (one.Matches(text) && other.Matches(text))
                && one.Union(other).Matches(text) == (one.Matches(text) || other.Matches(text))
                && one.Except(other).Matches(text) == (one.Matches(text) && !other.Matches(text))
                && one.Intersect(TextAutomaton.OfLength(1, 3)).Matches(text) == (one.Matches(text) && text.Length is >= 1 and <= 3);
        }));

    [Test]
    public void Whatever_a_pattern_is_made_of_it_is_read_or_refused() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(Gen.ListOf(Gen.Elements("a", "(", ")", "[", "]", "{", "}", "2", ",", "*", "+", "?", "|", "^", "$", "\\", "d", "p", "u", "-", ".", "(?", "!", "=", ":", "<")).ToArbitrary(), parts =>
        {
            try
            {
                _ = PatternAutomaton.Of(string.Concat(parts));
            }
            catch (Exception e) when (e is PatternException or AutomatonTooLargeException)
            {
                // Refused by its place.
            }
        }));

    [TestCase("date", "2024-02-29", true)]
    [TestCase("date", "2023-02-29", false)]
    [TestCase("date", "1900-02-29", false)]
    [TestCase("date", "2000-02-29", true)]
    [TestCase("date-time", "1990-12-31T15:59:60-08:00", false)]
    [TestCase("date-time", "1998-12-31T23:59:60Z", true)]
    [TestCase("time", "24:00:00Z", false)]
    [TestCase("duration", "P1Y2M3DT4H5M6S", true)]
    [TestCase("duration", "P", false)]
    [TestCase("duration", "P1YT", false)]
    [TestCase("email", "joe.bloggs@example.com", true)]
    [TestCase("email", ".joe@example.com", false)]
    [TestCase("hostname", "a-b.example", true)]
    [TestCase("hostname", "-a.example", false)]
    [TestCase("ipv4", "256.1.1.1", false)]
    [TestCase("ipv4", "01.1.1.1", false)]
    [TestCase("ipv6", "::ffff:192.168.0.1", true)]
    [TestCase("ipv6", "1::2::3", false)]
    [TestCase("ipv6", "::", true)]
    [TestCase("uri", "http://user@[2001:db8::7]:80/a?b#c", true)]
    [TestCase("uri", "//example.com/a", false)]
    [TestCase("uri", "http://a b", false)]
    [TestCase("uuid", "2EB8AA08-AA98-11EA-B4AA-73B441D16380", true)]
    public void A_format_is_that_of_its_definition(string format, string text, bool valid) =>
        Assert.That(StringFormats.Find(format)!.Matches(text), Is.EqualTo(valid));
}
