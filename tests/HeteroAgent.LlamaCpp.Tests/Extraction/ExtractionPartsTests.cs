using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

internal sealed class ExtractionPartsTests
{
    private static readonly WordSplitter Words = new(@"[^\W_]+|[^\w\s]|_");

    [TestCase("I'd like 2 tickets_now!", "I|'|d|like|2|tickets|_|now|!")]
    [TestCase("Café 東京½ 🎷x", "Café|東京½|🎷|x")]
    [TestCase("e\u0301", "e|\u0301")]
    [TestCase("a\u001Cb\u00A0c", "a|b|c")]
    public void Words_are_those_of_the_pattern_by_code_points(string text, string expected) =>
        Assert.That(Words.Split(text).Select(w => text.Substring(w.Start, w.Length)), Is.EqualTo(expected.Split('|')));

    [Test]
    public void Words_cover_all_but_white_space_once_and_in_order() =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll<string?>(text =>
        {
            string read = text ?? "";
            int end = 0;
            foreach ((int start, int length) in Words.Split(read))
            {
                if (start < end || length < 1 || !string.IsNullOrWhiteSpace(Visible(read[end..start])))
                {
                    return false;
                }

                end = start + length;
            }

            return string.IsNullOrWhiteSpace(Visible(read[end..]));
        }));

    [Test]
    public void Another_pattern_runs_as_a_regular_expression_and_one_that_backtracks_is_refused()
    {
        Assert.That(new WordSplitter("[a-z]+").Split("ab cd"), Is.EqualTo(new[] { (0, 2), (3, 2) }));
        Assert.That(() => new WordSplitter(@"(a)\1"), Throws.ArgumentException);
        Assert.That(() => new WordSplitter("("), Throws.InstanceOf<ArgumentException>());
    }

    [TestCase("PLAY U2", "play u2")]
    [TestCase("PLAY u2", "PLAY u2")]
    [TestCase("123 !", "123 !")]
    [TestCase("ÉTÉ", "été")]
    [TestCase("ǅ", "ǅ")]
    public void Only_a_request_without_lower_case_is_folded(string text, string expected) =>
        Assert.That(CaseFolding.Fold(text), Is.EqualTo(expected));

    [Test]
    public void Folding_keeps_every_offset() =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll<string?>(text => CaseFolding.Fold((text ?? "").ToUpperInvariant()).Length == (text ?? "").Length));

    [Test]
    public void Merges_are_applied_by_rank()
    {
        Dictionary<string, int> tokens = new() { ["?"] = 0, ["Ġ"] = 1, ["a"] = 2, ["b"] = 3, ["ab"] = 4, ["Ġa"] = 5, ["Ġab"] = 6, ["aa"] = 7 };
        BytePairEncoder encoder = new(tokens, ["a b", "Ġ a", "Ġ ab"], unknown: 0);
        List<int> output = [];
        encoder.Append("ab", output);
        encoder.Append("aab", output);
        encoder.Append("ac", output);
        Assert.That(output, Is.EqualTo(new[] { 6, 5, 4, 5, 0 }));
        Assert.That(() => new BytePairEncoder(tokens, ["a c"], 0), Throws.InstanceOf<FormatException>());
    }

    private static string Visible(string gap) => new([.. gap.Where(c => c is < '\u001C' or > '\u001F')]);
}
