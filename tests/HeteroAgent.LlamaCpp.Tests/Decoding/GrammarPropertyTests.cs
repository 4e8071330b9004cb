using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public class GrammarPropertyTests
{
    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, int.MaxValue - 1).ToArbitrary();

    [Test]
    public void Every_walk_within_its_limit_writes_a_valid_compact_document()
    {
        int finished = 0;
        Prop.ForAll(Seeds, seed => finished += Walk(seed, checkMasks: false)).Check(Configuration(1500));
        Assert.That(finished, Is.GreaterThan(1000));
    }

    [Test]
    public void The_mask_says_what_accepts_says() =>
        Prop.ForAll(Seeds, seed => { Walk(seed, checkMasks: true); }).Check(Configuration(60));

    [Test]
    public void A_refused_token_changes_nothing() => Prop.ForAll(Seeds, seed =>
    {
        var random = new Random(seed);
        JsonGrammar grammar = Draw(random);
        GrammarState state = grammar.CreateState(TestVocabulary.Default);
        for (int i = 0; i < 200 && !state.MustEnd; i++)
        {
            int token = random.Next(state.Vocabulary.Count);
            GrammarState clone = state.Clone();
            int minimum = state.MinimumBytesToComplete;
            bool accepted = state.TryAccept(token);
            Assert.That(clone.Accepts(token), Is.EqualTo(accepted));
            Assert.That(clone.MinimumBytesToComplete, Is.EqualTo(minimum));
            if (!accepted)
            {
                Assert.That(state.MinimumBytesToComplete, Is.EqualTo(minimum));
            }
        }

        byte[] rest = state.ShortestCompletion();
        Assert.That(rest, Has.Length.EqualTo(state.MinimumBytesToComplete));
        Assert.That(rest.Length == 0 || state.TryAcceptBytes(rest), Is.True);
        Assert.That(state.IsComplete || state.IsEnded, Is.True);
    }).Check(Configuration(500));

    [Test]
    public void A_mutated_document_is_accepted_only_if_it_is_valid()
    {
        int refused = 0;
        Prop.ForAll(Seeds, seed =>
        {
            var random = new Random(seed);
            JsonObject schema = new RandomSchema(random).Next();
            if (Compile(schema) is not { } grammar)
            {
                return;
            }

            GrammarState state = grammar.CreateState(TestVocabulary.Default);
            string text = RandomWalk.Run(state, random, state.MinimumBytesToComplete + 40).Text;
            for (int i = 0; i < 20; i++)
            {
                string mutated = Mutate(text, random);
                if (!grammar.Allows(mutated))
                {
                    refused++;
                    continue;
                }

                AssertValid(mutated, schema);
            }
        }).Check(Configuration(300));
        Assert.That(refused, Is.GreaterThan(1000));
    }

    private static Config Configuration(int tests) => Config.QuickThrowOnFailure.WithMaxTest(tests);

    private static int Walk(int seed, bool checkMasks)
    {
        var random = new Random(seed);
        JsonObject schema = new RandomSchema(random).Next();
        if (Compile(schema) is not { } grammar)
        {
            return 0;
        }

        GrammarState state = grammar.CreateState(TestVocabulary.Default);
        int minimum = state.MinimumBytesToComplete;
        string text = RandomWalk.Run(state, random, minimum + random.Next(1, 60) - 1, checkMasks).Text;
        AssertValid(text, schema);
        return 1;
    }

    private static JsonGrammar Draw(Random random)
    {
        while (true)
        {
            if (Compile(new RandomSchema(random).Next()) is { } grammar)
            {
                return grammar;
            }
        }
    }

    // A drawn schema may require itself without an end.
    private static JsonGrammar? Compile(JsonObject schema)
    {
        try
        {
            return Schemas.Compile(schema.ToJsonString());
        }
        catch (InvalidSchemaException e) when (e.Message.Contains("without an end", StringComparison.Ordinal) || e.Message.Contains("nothing but itself", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private static void AssertValid(string text, JsonObject schema)
    {
        JsonElement element = Schemas.Parse(text);
        Assert.That(Compact(element), Is.EqualTo(text));
        Assert.That(HasDuplicateKeys(element) || SchemaValidator.IsValid(JsonNode.Parse(text), schema, schema), Is.True, $"{text} under {schema.ToJsonString()}");
    }

    private static string Compact(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(',', element.EnumerateObject().Select(p => $"{Compact(p.Name)}:{Compact(p.Value)}"))}}}",
        JsonValueKind.Array => $"[{string.Join(',', element.EnumerateArray().Select(Compact))}]",
        JsonValueKind.String => Compact(element.GetString()!),
        _ => element.GetRawText(),
    };

    private static string Compact(string text) => Encoding.UTF8.GetString(JsonText.String(text));

    // Only an object without declared properties may have them, and the node type of the validator does not take them.
    private static bool HasDuplicateKeys(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().GroupBy(p => p.Name).Any(g => g.Count() > 1) || element.EnumerateObject().Any(p => HasDuplicateKeys(p.Value)),
        JsonValueKind.Array => element.EnumerateArray().Any(HasDuplicateKeys),
        _ => false,
    };

    private static string Mutate(string text, Random random)
    {
        const string Characters = "{}[]\",:\\ \n0129.eE-+trufalsn\u00e9";
        int at = random.Next(text.Length + 1);
        string inserted = random.Next(3) == 0 ? "" : Characters[random.Next(Characters.Length)].ToString();
        string mutated = string.Concat(text.AsSpan(0, at), inserted, text.AsSpan(Math.Min(text.Length, at + random.Next(3))));

        // Half a surrogate pair is not text.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(mutated));
    }
}
