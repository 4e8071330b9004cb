using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>The learnt vocabulary against llama.cpp's tokenizer on the file that it is written to.</summary>
public class BytePairVocabularyTests
{
    private static readonly string[] Languages =
    [
        "The quick brown fox can't jump; they've said it's 12345.67 times, I'll wait!  Don't you'd?",
        "Der Fuchs springt über den faulen Hund — 3½ Äpfel für 7,50 €.\n\n\tZeile zwei  ",
        "素早い茶色の狐がのろまな犬を飛び越える。東京１２３\u3000全角",
        "Быстрая лиса перепрыгнула через ленивую собаку 42 раза…",
        "الثعلب البني السريع ١٢٣٤ يقفز",
        "हिन्दी में १२३ नमस्ते दुनिया",
        "👩‍👩‍👧‍👦 family 🇩🇪 flags 👍🏽 and 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟙𝟚𝟛 ⅷ ² ①",
        "a\u00a0b\u2003c\u2028d\r\n\r\n e   f\tg\v\fh \u0085 i",
        "'s 't 're 've 'm 'll 'd 'S 'RE ' s ''s x'sy 'r 'l",
        "<|im_start|>user\nnot a control token<|im_end|>",
        "e\u0301 n\u0303 \u200b zero \ufeff bom \ufffd",
    ];

    [TestCase(BytePairPreTokenizer.Gpt2)]
    [TestCase(BytePairPreTokenizer.SmolLM)]
    public async Task Texts_TokeniseAsLlamaCppDoes(BytePairPreTokenizer rule)
    {
        string[] texts = [.. Languages, .. SharedTexts()];
        BytePairVocabulary vocabulary = BytePairVocabulary.Learn(texts, new BytePairVocabularyOptions { PreTokenizer = rule, Size = 2000 });
        using TemporaryFolder folder = new();
        using LlamaModel model = await TinyModel.LoadAsync(vocabulary, folder);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(vocabulary.Tokens, Has.Count.GreaterThan(300));
            foreach (string text in texts)
            {
                Assert.That(vocabulary.Encode(text), Is.EqualTo(Native(model, text)), text[..Math.Min(60, text.Length)]);
            }
        }
    }

    [TestCase(BytePairPreTokenizer.Gpt2)]
    [TestCase(BytePairPreTokenizer.SmolLM)]
    public async Task AnyText_TokenisesAsLlamaCppDoes_AndDecodesToItsBytes(BytePairPreTokenizer rule)
    {
        BytePairVocabulary vocabulary = BytePairVocabulary.Learn(Languages.SelectMany(t => Enumerable.Repeat(t, 3)), new BytePairVocabularyOptions { PreTokenizer = rule, Size = 900 });
        using TemporaryFolder folder = new();
        using LlamaModel model = await TinyModel.LoadAsync(vocabulary, folder);
        string[] parts = [.. Languages.SelectMany(l => l.EnumerateRunes()).Select(r => r.ToString()).Distinct(), "'re", "'ll", "  ", " \n", "\ud800", "\udc00", "<|im_end|>"];
        Gen<string> text = Gen.ListOf(Gen.Elements(parts)).Select(string.Concat);
        Prop.ForAll(Arb.From(text), t => Same(model, vocabulary, t)).QuickCheckThrowOnFailure();
        Prop.ForAll<string>(t => t is null || t.Contains('\0', StringComparison.Ordinal) || Same(model, vocabulary, t)).QuickCheckThrowOnFailure();
    }

    [Test]
    public async Task EveryCodePoint_IsOfTheKindThatLlamaCppTakesItFor()
    {
        // A code point joins what stands before it in one piece exactly if both are of a kind, and then the merge with its first byte shows.
        string[] leads = [.. Enumerable.Range(0xC2, 0xF4 - 0xC2 + 1).Select(b => BytePairTrainer.ByteSymbol((byte)b).ToString())];
        string[] merges = [.. from before in (string[])["a", "1", "!"] from lead in leads select $"{before} {lead}"];
        BytePairVocabularyOptions options = new() { PreTokenizer = BytePairPreTokenizer.Gpt2 };
        BytePairVocabulary vocabulary = new(
            [.. options.ControlTokens, .. Enumerable.Range(0, 256).Select(b => BytePairTrainer.ByteSymbol((byte)b).ToString()), .. merges.Select(m => m.Replace(" ", "", StringComparison.Ordinal))],
            merges,
            options);
        using TemporaryFolder folder = new();
        using LlamaModel model = await TinyModel.LoadAsync(vocabulary, folder);
        List<string> different = [];
        // All of the first two planes, where scripts are; of the others one in 61.
        IEnumerable<Rune> all = Enumerable.Range(0x80, 0x110000 - 0x80).Where(c => Rune.IsValid(c) && (c < 0x20000 || c % 61 == 0)).Select(c => new Rune(c));
        foreach (Rune[] chunk in all.Chunk(256))
        {
            if (!Same(model, vocabulary, string.Concat(chunk.Select(Probe))))
            {
                different.AddRange(chunk.Where(r => !Same(model, vocabulary, Probe(r))).Select(r => $"{r.Value:X}"));
            }
        }

        Assert.That(different, Is.Empty, string.Join(' ', different));
    }

    [Test]
    public void OrderOfTexts_DoesNotMatter()
    {
        BytePairVocabulary forth = BytePairVocabulary.Learn(Languages.SelectMany(t => Enumerable.Repeat(t, 2)));
        BytePairVocabulary back = BytePairVocabulary.Learn(Languages.Reverse().SelectMany(t => Enumerable.Repeat(t, 2)));
        Assert.That(back.Tokens, Is.EqualTo(forth.Tokens));
    }

    [Test]
    public void BadOptions_AreRefusedByName()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Learn(new() { Size = 258 }), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("259"));
            Assert.That(() => Learn(new() { ControlTokens = [] }), Throws.ArgumentException);
            Assert.That(() => Learn(new() { ControlTokens = ["<|a|>", "<|a|>"] }), Throws.ArgumentException);
            Assert.That(() => Learn(new() { ControlTokens = ["end"] }), Throws.ArgumentException.With.Message.Contains("end"));
            Assert.That(() => Learn(new() { EndToken = "<|stop|>" }), Throws.ArgumentException.With.Message.Contains("<|stop|>"));
        }
    }

    [Test]
    public async Task ControlTokens_AreKnownToLlamaCpp()
    {
        BytePairVocabulary vocabulary = BytePairVocabulary.Learn(Languages);
        using TemporaryFolder folder = new();
        using LlamaModel model = await TinyModel.LoadAsync(vocabulary, folder);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.Vocabulary.Text(vocabulary.ControlTokenId("<|im_end|>")), Is.EqualTo("<|im_end|>"));
            Assert.That(model.Vocabulary.EndOfTurn, Is.EqualTo(vocabulary.EndToken));
            Assert.That(model.Vocabulary.Bos, Is.EqualTo(vocabulary.BeginToken));
            Assert.That(model.Vocabulary.IsControl(vocabulary.ControlTokenId("<|im_start|>")));
            Assert.That(vocabulary.ControlTokenId("a"), Is.EqualTo(-1));
        }
    }

    private static BytePairVocabulary Learn(BytePairVocabularyOptions options) => BytePairVocabulary.Learn(Languages, options);

    private static string Probe(Rune rune) => $"a{rune}\n1{rune}\n!{rune}\n";

    private static bool Same(LlamaModel model, BytePairVocabulary vocabulary, string text)
    {
        IReadOnlyList<int> own = vocabulary.Encode(text);
        return own.SequenceEqual(Native(model, text)) && own.SelectMany(vocabulary.Decode).SequenceEqual(Encoding.UTF8.GetBytes(text));
    }

    private static List<int> Native(LlamaModel model, string text)
    {
        List<int> tokens = [];
        model.Vocabulary.AppendPlain(text, tokens);
        return tokens;
    }

    private static IEnumerable<string> SharedTexts() =>
        ((string[])["chat-templates/llama.cpp", "tau2-banking/documents"])
            .Select(f => SharedData.TryFind(["data", .. f.Split('/')]))
            .OfType<string>()
            .SelectMany(f => Directory.EnumerateFiles(f).Order(StringComparer.Ordinal).Take(12))
            .Concat(SharedData.TryFind("data", "snips", "train_PlayMusic.json") is { } snips ? [snips] : [])
            .Select(f => File.ReadAllText(f) is { Length: > 40_000 } text ? text[..40_000] : File.ReadAllText(f));
}
