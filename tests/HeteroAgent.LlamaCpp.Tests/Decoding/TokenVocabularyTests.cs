using System.Text;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public class TokenVocabularyTests
{
    [Test]
    public void The_trie_holds_every_token_once()
    {
        TokenVocabulary vocabulary = TestVocabulary.Default;
        var found = new Dictionary<int, string>();
        var path = new byte[vocabulary.MaxTokenLength];
        TokenTrie trie = vocabulary.Tokens;
        for (int node = 0; node < trie.Bytes.Length; node++)
        {
            path[trie.Depths[node] - 1] = trie.Bytes[node];
            Assert.That(node + trie.Subtrees[node] == trie.Bytes.Length || trie.Depths[node + trie.Subtrees[node]] <= trie.Depths[node], Is.True);
            foreach (int token in trie.At(node))
            {
                found.Add(token, Convert.ToHexString(path.AsSpan(0, trie.Depths[node])));
            }
        }

        for (int token = 0; token < vocabulary.Count; token++)
        {
            string bytes = Convert.ToHexString(vocabulary.GetBytes(token));
            Assert.That(found.GetValueOrDefault(token, ""), Is.EqualTo(bytes));
        }
    }

    [Test]
    public void Every_token_is_plain_or_residual()
    {
        TokenVocabulary vocabulary = TestVocabulary.Default;
        HashSet<int> residual = [.. vocabulary.Residual.Tokens];
        ReadOnlySpan<ulong> plain = vocabulary.PlainUpTo(int.MaxValue);
        ReadOnlySpan<ulong> single = vocabulary.PlainUpTo(1);
        for (int token = 0; token < vocabulary.Count; token++)
        {
            string text = Encoding.UTF8.GetString(vocabulary.GetBytes(token));
            bool isPlain = (plain[token >> 6] >> token & 1) != 0;
            bool expected = text.Length > 0 && !text.Contains('\uFFFD', StringComparison.Ordinal) && !text.Any(c => c is '"' or '\\' or < ' ');
            Assert.That(isPlain, Is.EqualTo(expected), text);
            Assert.That((single[token >> 6] >> token & 1) != 0, Is.EqualTo(expected && text.EnumerateRunes().Count() == 1), text);
            Assert.That(isPlain && residual.Contains(token), Is.False);
        }

        Assert.That(vocabulary.PlainUpTo(0).IsEmpty, Is.True);
    }

    [Test]
    public void Control_tokens_are_never_allowed()
    {
        GrammarState state = JsonGrammar.AnyJson.CreateState(TestVocabulary.Default);
        Assert.That(state.Accepts(0), Is.False);
        Assert.That(state.Accepts(1), Is.False);
        Assert.That(state.Accepts(2), Is.False, "the document is not complete");
        Assert.That(state.TryAcceptBytes("12"u8), Is.True);
        Assert.That(state.Accepts(2), Is.True);
        Assert.That(state.MustEnd, Is.False);
        Assert.That(state.TryAccept(2), Is.True);
        Assert.That(state.Accepts(2), Is.False);
        Assert.That(state.Accepts(3 + '1'), Is.False);
    }

    [Test]
    public void Bad_arguments_are_refused()
    {
        Assert.That(() => new TokenVocabulary([], []), Throws.ArgumentException);
        Assert.That(() => new TokenVocabulary([[65]], [1]), Throws.ArgumentException.With.Message.Contains("1"));
        GrammarState state = JsonGrammar.AnyJson.CreateState(TestVocabulary.Default);
        Assert.That(() => state.Accepts(-1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => state.TryAccept(state.Vocabulary.Count), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => state.FillMask(new ulong[1], 10), Throws.ArgumentException);
    }

    [Test]
    public void No_token_is_left_when_there_are_none()
    {
        GrammarState state = JsonGrammar.AnyJson.CreateState(TestVocabulary.Default);
        var mask = new ulong[state.Vocabulary.MaskLength];
        Array.Fill(mask, ulong.MaxValue);
        state.FillMask(mask, 0);
        Assert.That(mask, Is.All.Zero);
        Assert.That(state.AcceptsWithin(3 + '1', 0), Is.False);
        Assert.That(state.AcceptsWithin(3 + '1', 1), Is.True);
        Assert.That(state.AcceptsWithin(3 + '"', 1), Is.False);
    }
}
