using System.Text;
using System.Text.Json;
using HeteroAgent.Benchmarks.Structured;
using HeteroAgent.LlamaCpp;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.Benchmarks.Tests;

/// <summary>libllama's own grammar sampler says what the converted grammars allow.</summary>
public class GbnfTests
{
    private const string Call = """{"anyOf":[{"type":"object","properties":{"name":{"const":"a"},"arguments":{"type":"object","properties":{"x":{"type":"integer"},"y":{"type":"string","x-span":true},"z":{"enum":["p","q\"r"]}},"additionalProperties":false}},"required":["name","arguments"],"additionalProperties":false},{"type":"null"}]}""";
    private const string Tree = """{"$defs":{"node":{"type":"object","properties":{"v":{"type":"number"},"sub":{"type":"array","items":{"$ref":"#/$defs/node"},"maxItems":2}},"required":["v"]}},"$ref":"#/$defs/node"}""";

    private LlamaModel? _model;

    [OneTimeSetUp]
    public async Task LoadAsync() => _model = await LlamaModel.LoadAsync(SharedData.Require("models", "stories260K.gguf"), new LlamaModelOptions { GpuLayers = 0 });

    [OneTimeTearDown]
    public void Dispose() => _model?.Dispose();

    [TestCase(Call, """{"name":"a","arguments":{}}""", true)]
    [TestCase(Call, """{ "name" : "a" ,"arguments": { "x": 12, "z": "q\"r" } }""", true)]
    [TestCase(Call, """{"name":"a","arguments":{"y":"two words"}}""", true)]
    [TestCase(Call, "null", true)]
    [TestCase(Call, """{"name":"b""", false)]
    [TestCase(Call, """{"arguments":""", false)]
    [TestCase(Call, """{"name":"a","arguments":{"z":"p","x""", false)]
    [TestCase(Call, """{"name":"a","arguments":{"w""", false)]
    [TestCase(Tree, """{"v":-1.5e3,"sub":[{"v":0},{"v":1,"sub":[]}]}""", true)]
    [TestCase(Tree, """{"v":1,"sub":[{"v":0},{"v":1},""", false)]
    [TestCase("""{"type":"object","properties":{"a":{"type":"boolean"}},"additionalProperties":{"type":"integer"}}""", """{"a":true,"b":1,"c":2}""", true)]
    [TestCase("""{"type":"array","items":{"type":["string","null"]},"minItems":2}""", """["a",null]""", true)]
    [TestCase("""{"type":"array","items":{"type":["string","null"]},"minItems":2}""", """["a"]""", false)]
    [TestCase("""{"type":"string","minLength":2,"maxLength":3}""", "\"abc\"", true)]
    [TestCase("""{"type":"string","minLength":2,"maxLength":3}""", "\"abcd", false)]
    [TestCase("""{"type":"string","format":"date"}""", "\"2024-02-30\"", true)]
    [TestCase("""{"type":"string","format":"date"}""", "\"2024-13", false)]
    [TestCase("true", """{"a":[1,"b",false]}""", true)]
    public async Task A_schema_becomes_a_grammar_that_allows_what_it_means(string schema, string text, bool allowed)
    {
        GrammarTexts texts = new(null);
        using JsonDocument document = JsonDocument.Parse(schema);
        Request request = new(new StructuredCase("c", "s", "", "u", document.RootElement), [], 1);
        await texts.PrepareAsync(request);
        using GrammarSamplers samplers = new(_model!, texts);
        using GrammarSampler sampler = samplers.Create(request);

        // One token a byte: the tokeniser would put a blank in front.
        int[] tokens = [.. Encoding.UTF8.GetBytes(text).Select(b => Array.FindIndex([.. _model!.Vocabulary.Pieces], piece => piece.AsSpan().SequenceEqual([b])))];
        Assert.That(tokens.All(token => TryAccept(sampler, token)), Is.EqualTo(allowed));
    }

    private bool TryAccept(GrammarSampler sampler, int token)
    {
        float[] logits = new float[_model!.VocabularySize];
        logits[token] = 1;
        if (sampler.Pick(logits) != token)
        {
            return false;
        }

        sampler.Accept(token);
        return true;
    }
}
