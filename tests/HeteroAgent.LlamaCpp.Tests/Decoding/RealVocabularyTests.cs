using System.Diagnostics;
using System.Text;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public class RealVocabularyTests
{
    private const string Schema = """{"type":"object","properties":{"name":{"type":"string","maxLength":40},"kind":{"enum":["fruit","vegetable","fungus"]},"tags":{"type":"array","items":{"type":"string","minLength":1},"maxItems":5},"price":{"type":"number"},"note":{"anyOf":[{"type":"string"},{"type":"null"}]}},"required":["name","kind","price"]}""";

    [Test]
    public void Masks_agree_with_single_tokens()
    {
        TokenVocabulary vocabulary = RealVocabulary.Create();
        var mask = new ulong[vocabulary.MaskLength];
        string[] prefixes = ["", "{", "{\"na", "{\"name\":\"", "{\"name\":\"ab\\", "{\"name\":\"caf\u00e9 日本\",\"kind\":\"f", "{\"name\":\"0123456789012345678901234567890123456", "{\"name\":\"\",\"kind\":\"fruit\",\"tags\":[\"", "{\"name\":\"\",\"kind\":\"fruit\",\"tags\":[\"a\"", "{\"name\":\"\",\"kind\":\"fruit\",\"price\":1", "{\"name\":\"\",\"kind\":\"fruit\",\"price\":1,\"note\":\"x"];
        foreach (string prefix in prefixes)
        {
            GrammarState state = Schemas.Compile(Schema).CreateState(vocabulary);
            Assert.That(prefix.Length == 0 || state.TryAcceptBytes(Encoding.UTF8.GetBytes(prefix)), Is.True, prefix);
            int minimum = state.MinimumBytesToComplete;
            foreach (int remaining in new[] { minimum, minimum + 1, minimum + 4, 10_000, 10_000 })
            {
                state.FillMask(mask, remaining);
                for (int token = 0; token < vocabulary.Count; token++)
                {
                    if (state.AcceptsWithin(token, remaining) != ((mask[token >> 6] >> token & 1) != 0))
                    {
                        Assert.Fail($"'{Encoding.UTF8.GetString(vocabulary.GetBytes(token))}' after {prefix} with {remaining} left");
                    }
                }
            }
        }
    }

    [Test]
    public void Walks_within_the_limit_write_valid_documents()
    {
        TokenVocabulary vocabulary = RealVocabulary.Create();
        for (int seed = 0; seed < 100; seed++)
        {
            GrammarState state = Schemas.Compile(Schema).CreateState(vocabulary);
            string text = RandomWalk.Run(state, new Random(seed), state.MinimumBytesToComplete + seed).Text;
            System.Text.Json.Nodes.JsonNode schema = System.Text.Json.Nodes.JsonNode.Parse(Schema)!;
            Assert.That(SchemaValidator.IsValid(System.Text.Json.Nodes.JsonNode.Parse(text), schema, schema), Is.True, text);
        }
    }

    [Test]
    [Explicit("Prints timings.")]
    public void Mask_times()
    {
        var clock = Stopwatch.StartNew();
        _ = RealVocabulary.Create();
        clock.Restart();
        TokenVocabulary vocabulary = RealVocabulary.Create();
        TestContext.Out.WriteLine($"vocabulary of {vocabulary.Count} tokens: {clock.Elapsed.TotalMilliseconds:F1} ms, {vocabulary.Tokens.Bytes.Length} trie nodes, {vocabulary.Residual.Bytes.Length} residual");
        var mask = new ulong[vocabulary.MaskLength];
        var all = new List<double>();
        var compile = new List<double>();
        string path = SharedData.Require("data", "maskbench", "maskbench_Glaiveai2K.jsonl");
        int documents = 0;
        foreach (string line in File.ReadLines(path))
        {
            System.Text.Json.JsonElement group = Schemas.Parse(line);
            System.Text.Json.JsonElement schema = group.GetProperty("schema");
            JsonGrammar grammar;
            clock.Restart();
            try
            {
                grammar = JsonGrammar.Compile(schema);
            }
            catch (JsonSchemaException)
            {
                continue;
            }

            compile.Add(clock.Elapsed.TotalMicroseconds);
            foreach (System.Text.Json.JsonElement test in group.GetProperty("tests").EnumerateArray().Where(t => t.GetProperty("valid").GetBoolean()))
            {
                ReadOnlySpan<byte> text = new InstanceText(schema, SchemaDialect.Unstated).Write(test.GetProperty("data"));
                GrammarState state = grammar.CreateState(vocabulary);
                documents++;
                while (!text.IsEmpty && !state.MustEnd)
                {
                    clock.Restart();
                    state.FillMask(mask, 4096);
                    all.Add(clock.Elapsed.TotalMicroseconds);
                    int token = Longest(vocabulary, mask, text);
                    if (!state.TryAccept(token))
                    {
                        break;
                    }

                    text = text[vocabulary.GetBytes(token).Length..];
                }
            }
        }

        all.Sort();
        compile.Sort();
        TestContext.Out.WriteLine($"{compile.Count} grammars, compile p50 {compile[compile.Count / 2]:F0} p99 {compile[compile.Count * 99 / 100]:F0} µs; {documents} documents, {all.Count} masks, p50 {all[all.Count / 2]:F1} p90 {all[all.Count * 9 / 10]:F1} p99 {all[all.Count * 99 / 100]:F1} max {all[^1]:F1} µs, mean {all.Average():F1}");
    }

    // The longest token that the text starts with among those allowed.
    private static int Longest(TokenVocabulary vocabulary, ulong[] mask, ReadOnlySpan<byte> text)
    {
        int best = 0;
        TokenTrie trie = vocabulary.Tokens;
        int depth = 0;
        for (int node = 0; node < trie.Bytes.Length && depth < text.Length;)
        {
            if (trie.Depths[node] != depth + 1)
            {
                break;
            }

            if (trie.Bytes[node] != text[depth])
            {
                node += trie.Subtrees[node];
                continue;
            }

            int token = trie.Tokens[node];
            if (token >= 0 && (mask[token >> 6] >> token & 1) != 0)
            {
                best = token;
            }

            depth++;
            node++;
        }

        return best;
    }
}
