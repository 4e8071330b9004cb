using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>What a grammar forces, as tokens: healing at the end, look-back at the beginning.</summary>
public class ForcedRunTests
{
    private const string Order = """{"type":"object","properties":{"order":{"type":"string"}},"required":["order"]}""";
    private const string OrderAndId = """{"type":"object","properties":{"order":{"type":"string"},"orderId":{"type":"string"}}}""";

    private static readonly TokenVocabulary Words = TestVocabulary.Create(["order", "orderId", "\"order", "Id", "{\"order\":", "one", "only"]);

    private static (string Tokens, string Tail) Read(string schema, string before = "", TokenVocabulary? vocabulary = null)
    {
        TokenVocabulary words = vocabulary ?? Words;
        GrammarState state = Schemas.Compile(schema).CreateState(words);
        Assert.That(before.Length == 0 || state.TryAcceptBytes(Encoding.UTF8.GetBytes(before)), before);
        ForcedRun run = ForcedRun.Read(state, Tokenize(words, Encoding.UTF8.GetBytes(before)), words, new CanonicalTokenizer(words, text => Tokenize(words, text)));
        string Join(IEnumerable<int> tokens) => string.Join('|', tokens.Select(t => Encoding.UTF8.GetString(words.GetBytes(t))));
        return (Join(run.Tokens), Join(run.Tail));
    }

    // The longest token from the left, as a tokenizer of its own.
    internal static int[] Tokenize(TokenVocabulary vocabulary, byte[] text)
    {
        List<int> tokens = [];
        for (int at = 0; at < text.Length;)
        {
            int best = -1;
            for (int token = 0; token < vocabulary.Count; token++)
            {
                ReadOnlySpan<byte> piece = vocabulary.GetBytes(token);
                if (piece.Length > (best < 0 ? 0 : vocabulary.GetBytes(best).Length) && text.AsSpan(at).StartsWith(piece))
                {
                    best = token;
                }
            }

            tokens.Add(best);
            at += vocabulary.GetBytes(best).Length;
        }

        return [.. tokens];
    }

    [Test]
    public void A_key_is_forced_up_to_where_a_longer_token_could_stand() =>
        // Behind the colon stands a quote, which the tokens "a and the like begin with: that one is left to the model.
        Assert.That(Read(Order), Is.EqualTo(("{\"order\":", "\"")));

    [Test]
    public void A_word_that_may_go_on_as_a_longer_token_is_not_forced() =>
        Assert.That(Read(OrderAndId, "{\""), Is.EqualTo(("", "order")));

    [Test]
    public void A_word_that_the_grammar_cannot_lengthen_is_forced() =>
        Assert.That(Read(Order, "{\""), Is.EqualTo(("order", "\":\"")));

    [Test]
    public void The_end_of_the_document_is_forced_whole() =>
        Assert.That(Read("""{"type":"object","properties":{"a":{"type":"array","items":{"type":"boolean"},"minItems":1,"maxItems":1}},"required":["a"]}""", "{\"a\":[true"), Is.EqualTo(("]}", "")));

    [Test]
    public void Where_the_document_may_end_nothing_is_forced() =>
        Assert.That(Read("""{"type":"integer"}""", "0"), Is.EqualTo(("", "")));

    [Test]
    public void Inside_free_text_nothing_is_forced() =>
        Assert.That(Read(Order, "{\"order\":\"x"), Is.EqualTo(("", "")));

    [Test]
    public void A_forced_part_of_a_character_is_left_to_the_model() =>
        Assert.That(Read("""{"enum":["xé1","xè2","xê"]}""", "\""), Is.EqualTo(("x", "")).Or.EqualTo(("", "x")));

    [Test]
    public void The_tokens_before_decide_how_the_text_is_split()
    {
        // Behind a sampled quote the tokenizer would have written "order as one token: then the text is split by itself.
        TokenVocabulary words = TestVocabulary.Create(["order", "\"order"]);
        GrammarState state = Schemas.Compile(Order).CreateState(words);
        CanonicalTokenizer tokenizer = new(words, text => Tokenize(words, text));
        int brace = Tokenize(words, "{"u8.ToArray()).Single();
        int quote = Tokenize(words, "\""u8.ToArray()).Single();
        Assert.That(state.TryAccept(brace) && state.TryAccept(quote));
        ForcedRun run = ForcedRun.Read(state, [brace, quote], words, tokenizer);
        Assert.That(Encoding.UTF8.GetString(words.GetBytes(run.Tokens[0])), Is.EqualTo("order"));
        Assert.That(tokenizer.TryTokenize([brace], "\"order"u8), Has.Length.EqualTo(1));
    }

    [Test]
    public void A_tokenizer_that_puts_a_space_before_its_text_is_seen_through()
    {
        CanonicalTokenizer tokenizer = new(Words, text => Tokenize(Words, [(byte)' ', .. text]));
        Assert.That(tokenizer.TryTokenize([], "order"u8), Is.EqualTo(Tokenize(Words, "order"u8.ToArray())));
    }

    [Test]
    public void A_tokenizer_that_changes_the_text_forces_nothing()
    {
        CanonicalTokenizer tokenizer = new(Words, text => Tokenize(Words, [.. text, (byte)'!']));
        Assert.That(tokenizer.TryTokenize([], "order"u8), Is.Null);
    }

    [Test]
    public void Several_grammars_force_what_all_of_them_force()
    {
        GrammarConstraint both = new(Schemas.Compile(Order).CreateState(Words), Schemas.Compile("""{"type":"object","properties":{"only":{"type":"null"}},"required":["only"]}""").CreateState(Words));
        CanonicalTokenizer tokenizer = new(Words, text => Tokenize(Words, text));
        ForcedRun run = ForcedRun.Read(both, [], Words, tokenizer);
        Assert.That(run.Tokens, Is.Empty);
        Assert.That(run.Tail, Is.EqualTo(Tokenize(Words, "{\"o"u8.ToArray())), "{\"order\": is one token");
        both.AdvanceText("{\"on"u8);
        run = ForcedRun.Read(both, [], Words, tokenizer);
        Assert.That(string.Concat(run.Tokens.Select(t => Encoding.UTF8.GetString(Words.GetBytes(t)))), Is.EqualTo("ly\":null}"));
    }

    [Test]
    public void No_allowed_token_reaches_over_the_end_of_a_forced_run()
    {
        int forced = 0;
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed => forced += Walk(new Random(seed))).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
        Assert.That(forced, Is.GreaterThan(300));
    }

    // Random tokens, with everything that is forced between them.
    private static int Walk(Random random)
    {
        JsonGrammar grammar;
        try
        {
            grammar = Schemas.Compile(((JsonNode)new RandomSchema(random).Next()).ToJsonString());
        }
        catch (InvalidSchemaException)
        {
            return 0;
        }

        TokenVocabulary vocabulary = TestVocabulary.Default;
        CanonicalTokenizer tokenizer = new(vocabulary, text => Tokenize(vocabulary, text));
        GrammarState state = grammar.CreateState(vocabulary);
        ulong[] mask = new ulong[vocabulary.MaskLength];
        List<int> written = [];
        int total = 0;
        int left = state.MinimumBytesToComplete + 20;
        while (!state.MustEnd && left > 0)
        {
            ForcedRun run = ForcedRun.Read(state, [.. written], vocabulary, tokenizer);
            byte[] text = [.. run.Tokens.SelectMany(t => vocabulary.GetBytes(t).ToArray())];
            foreach (int token in run.Tokens)
            {
                state.FillMask(mask, int.MaxValue);
                for (int t = 0; t < vocabulary.Count; t++)
                {
                    Assert.That((mask[t >> 6] >> t & 1) == 0 || text.AsSpan().StartsWith(vocabulary.GetBytes(t)), $"{Encoding.UTF8.GetString(vocabulary.GetBytes(t))} instead of {Encoding.UTF8.GetString(text)}");
                }

                // Never more tokens than the bytes that were set aside for them.
                Assert.That(state.AcceptsWithin(token, left--), Is.True);
                Assert.That(state.TryAccept(token), Is.True);
                text = text[vocabulary.GetBytes(token).Length..];
                written.Add(token);
                total++;
            }

            if (state.MustEnd)
            {
                break;
            }

            state.FillMask(mask, left--);
            int[] allowed = [.. Enumerable.Range(0, vocabulary.Count).Where(t => (mask[t >> 6] >> t & 1) != 0)];
            int next = allowed[random.Next(allowed.Length)];
            Assert.That(state.TryAccept(next), Is.True);
            written.Add(next);
        }

        Assert.That(state.IsComplete || state.MustEnd);
        return total;
    }
}
