using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Closed slots from the tokens of a request to the members of its call.</summary>
internal sealed class ClosedDecodingTests
{
    private static readonly string[] Words = ["<unk>", "<s>", "<sep>", "<O>", "<I>", "<tool:heat>", "<tool:light>", "<slot:room>", "a"];
    private static readonly string[] Closed = ["<none>", "<ask:heat.direction>", "<ask:light.level>", "<value:heat.direction=up>", "<value:heat.direction=down>", "<value:light.level=dim>"];
    private static readonly ExtractionSchema Schema = ExtractionSchema.Parse("""{"heat":["room"],"light":["room"]}""", WordSplitter.UsualPattern, """{"heat":{"direction":["up","down"]},"light":{"level":["dim"]}}""");

    [Test]
    public void Every_request_ends_with_the_questions_in_their_order()
    {
        ExtractionVocabulary vocabulary = ExtractionVocabulary.Create([.. Words, .. Closed], [], 0, Schema, "test");
        EncodedRequest encoded = vocabulary.Encode("a a", [(0, 1), (2, 1)], 10, "test");
        Assert.Multiple(() =>
        {
            // The space before a word is no token here.
            Assert.That(encoded.Tokens, Is.EqualTo((int[])[1, 0, 8, 0, 8, 2, 10, 11]));
            Assert.That(encoded.ToolToken, Is.EqualTo(5));
            Assert.That(encoded.LastTokens, Is.EqualTo((int[])[2, 4]));
            Assert.That(vocabulary.ValueTokens, Is.EqualTo((int[][])[[9, 12, 13], [9, 14]]));
            Assert.That(() => vocabulary.Encode("a a", [(0, 1), (2, 1)], 7, "test"), Throws.TypeOf<ContextOverflowException>());
        });
    }

    [Test]
    public void A_vocabulary_that_lacks_a_member_is_refused() =>
        Assert.That(() => ExtractionVocabulary.Create([.. Words, .. Closed[..^1]], [], 0, Schema, "test"), Throws.TypeOf<LlamaModelException>().With.Message.Contains("<value:light.level=dim>"));

    [TestCase(0, 0.5, "heat up")]
    [TestCase(1, 0.5, "heat ")]
    [TestCase(0, 3.0, "light dim")]
    public void The_likeliest_member_of_the_decoded_tool_is_part_of_the_call(int best, double light, string expected)
    {
        // The tools' logits stand at 0 and 1, those of none and the members at 2 and behind.
        int[] tokens = [2, 3, 4];
        float[] logits = [0.5f + 2, (float)light, 0, 0, 0];
        logits[2 + (best == 0 ? 1 : 0)] = 3;
        LabelScores scores = new(2, 1, Schema.LabelCount, 3, 2);
        scores.AddTool(logits, [0, 1], new float[5], asProbability: false);
        scores.AddWord(0, [20, 0, 0], [0, 1, 2], new float[3], asProbability: false);
        scores.AddClosed(0, logits, tokens, asProbability: false);
        scores.AddClosed(1, [0, 9], [0, 1], asProbability: false);
        JointDecoder.Result call = JointDecoder.Decode(scores, Schema, [0, 1]);
        ExtractionRequest request = new("a", [(0, 1)], [new EncodedRequest([1, 8, 2, 10, 11], [1], 2)], [0, 1], default);
        Extraction extraction = ExtractionReader.Read(request, call, scores, Schema);

        double tool = logits[call.Tool] - Math.Log(logits.Sum(l => Math.Exp(l)));
        double[] asked = call.Tool == 0 ? [logits[2], logits[3], logits[4]] : [0, 9];
        double closed = asked.Max() - Math.Log(asked.Sum(Math.Exp));
        Assert.Multiple(() =>
        {
            Assert.That($"{extraction.Tool} {extraction.Closed.SingleOrDefault()?.Value}", Is.EqualTo(expected));
            Assert.That(call.Logprob, Is.EqualTo(tool + closed).Within(1e-4));
            Assert.That(extraction.Logprob, Is.EqualTo(call.Logprob).Within(1e-4));
            Assert.That(extraction.Labels, Has.Count.EqualTo(3), "the tool, a word and a closed slot");
            Assert.That(extraction.Labels[2].Text, Does.StartWith(call.Tool == 0 ? "direction=" : "level="));
        });
    }

    [Test]
    public void Doubt_about_a_member_can_decide_between_tools()
    {
        // Heat is a little likelier, but nobody knows its direction.
        LabelScores scores = new(2, 0, Schema.LabelCount, 3, 2);
        scores.AddTool([0.2f, 0], [0, 1], new float[2], asProbability: false);
        scores.AddClosed(0, [0, 0, 0], [0, 1, 2], asProbability: false);
        scores.AddClosed(1, [0, 9], [0, 1], asProbability: false);
        JointDecoder.Result call = JointDecoder.Decode(scores, Schema, [0, 1]);
        Assert.That((call.Tool, call.Closed.Single()), Is.EqualTo((1, 1)));
    }

    [Test]
    public void Models_are_averaged_member_by_member()
    {
        LabelScores scores = new(1, 0, 2, 2);
        scores.AddTool([0], [0], new float[1], asProbability: true);
        scores.AddTool([0], [0], new float[1], asProbability: true);
        scores.AddClosed(0, [0, 2, 50], [0, 1], asProbability: true);
        scores.AddClosed(0, [1, 0, 0], [1, 0], asProbability: true);
        scores.Average(2);
        double first = 1 / (1 + Math.Exp(2));
        double second = 1 / (1 + Math.E);
        Assert.That(scores.Closed(0)[0], Is.EqualTo(Math.Log((first + second) / 2)).Within(1e-5), "tokens of other slots do not count");
    }

    [TestCase("""{"type":"object","properties":{"room":{"type":["string","null"]},"direction":{"enum":["Up","Down"]}},"required":["room","direction"]}""", """{"room":null,"direction":"Up"}""")]
    [TestCase("""{"type":"object","properties":{"direction":{"type":"string"}}}""", """{"direction":"up"}""")]
    public void A_member_is_written_as_the_schema_spells_it(string schema, string expected)
    {
        AnswerShape shape = AnswerShapeReader.ReadResponse(Schema, System.Text.Json.JsonDocument.Parse(schema).RootElement, "heat")[0];
        Assert.That(shape.Write(Call([new ClosedValue("direction", "up", 0)])), Is.EqualTo(expected));
    }

    [Test]
    public void What_is_left_out_is_null_where_the_schema_wants_it_and_else_absent()
    {
        AnswerShape wanted = AnswerShapeReader.ReadResponse(Schema, System.Text.Json.JsonDocument.Parse("""{"type":"object","properties":{"direction":{"type":["string","null"]}},"required":["direction"]}""").RootElement, "heat")[0];
        Assert.That(wanted.Write(Call([])), Is.EqualTo("""{"direction":null}"""));
        Assert.That(AnswerShape.Plain(Schema)[0].Write(Call([])), Is.EqualTo("""{"tool":"heat","args":{}}"""));
        Assert.That(AnswerShape.Plain(Schema)[0].Write(Call([new ClosedValue("direction", "up", 0)])), Is.EqualTo("""{"tool":"heat","args":{"direction":"up"}}"""));
    }

    private static Extraction Call(IReadOnlyList<ClosedValue> closed) => new("a", "heat", [], [new TokenLogprob(0, "heat", 0)], 1) { Closed = closed };
}
