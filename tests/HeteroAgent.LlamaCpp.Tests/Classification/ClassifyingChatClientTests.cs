using System.Text.Json;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

internal sealed class ClassifyingChatClientTests
{
    public enum Subject
    {
        LostCard,
        RentFlat,
        LateTrain,
    }

    private const string Foreign = "photosynthesis of green algae";
    private TextClassifier _classifier = null!;
    private IChatClient _client = null!;

    [OneTimeSetUp]
    public async Task Train()
    {
        HashedEmbeddingGenerator encoder = new(dimensions: 128);
        _classifier = await TextClassifier.CreateAsync(encoder, [await ClassifierTrainer.TrainAsync(ClassifierTrainerTests.Examples(40), encoder)]);
        _client = _classifier.AsIChatClient();
    }

    [OneTimeTearDown]
    public void Dispose()
    {
        _client.Dispose();
        _classifier.Dispose();
    }

    [Test]
    public async Task The_label_is_the_text_with_confidence_and_logprob()
    {
        ChatResponse response = await _client.GetResponseAsync("lost stolen card wallet", new ChatOptions { AdditionalProperties = new() { [RequestPropertyNames.Logprobs] = true } });
        Assert.That(response.Text, Is.EqualTo("lost_card"));
        Assert.That(response.FinishReason, Is.EqualTo(ChatFinishReason.Stop));
        Classification classification = (Classification)response.RawRepresentation!;
        Assert.That(response.GetConfidence()!.Score, Is.EqualTo(classification.Probability).Within(1e-9));
        Assert.That(response.GetLogprobs().Single(), Is.EqualTo(new TokenLogprob(1, "lost_card", Math.Log(classification.Probability))));
        Assert.That(response.IsOutOfScope(), Is.False);
        Assert.That((await _client.GetResponseAsync("lost stolen card wallet")).GetLogprobs(), Is.Empty);
    }

    [Test]
    public async Task A_subtask_of_an_enum_is_served()
    {
        Subtask<string, Subject> subtask = new("subject", "What is the message about?", _client);
        Assert.That((await subtask.RunAsync("the train is late, which platform")).Value, Is.EqualTo(Subject.LateTrain));
        Assert.That((await subtask.RunAsync("landlord keys flat")).Value, Is.EqualTo(Subject.RentFlat));
    }

    [Test]
    public async Task A_message_out_of_scope_is_refused_and_escalates()
    {
        ChatResponse refused = await _client.GetResponseAsync(Foreign);
        Assert.That(refused.Text, Is.Empty);
        Assert.That(refused.Messages[0].Contents.OfType<ErrorContent>().Single().ErrorCode, Is.EqualTo(ClassifyingChatClient.OutOfScopeCode));
        Assert.That(refused.FinishReason, Is.EqualTo(ChatFinishReason.ContentFilter));
        Assert.That(refused.GetConfidence()!.Score, Is.Zero);
        Subtask<string, Subject> alone = new("subject", "What is the message about?", _client);
        Assert.That(async () => await alone.RunAsync(Foreign), Throws.InstanceOf<SubtaskException>());
        foreach ((EscalationPolicy policy, string reason) in new[] { (ClassifyingChatClient.EscalateWhenOutOfScope, "out_of_scope"), (EscalateWhen.SchemaInvalid, "schema_invalid"), (EscalateWhen.ConfidenceBelow(0.1), "confidence_below") })
        {
            using ScriptedChatClient frontier = new("{\"value\":\"RentFlat\"}");
            using IChatClient cascade = _classifier.AsIChatClient().WithEscalation(frontier, policy);
            SubtaskResult<Subject> result = await new Subtask<string, Subject>("subject", "What is the message about?", cascade).RunAsync(Foreign);
            Assert.That((result.Value, result.EscalationReason), Is.EqualTo((Subject.RentFlat, reason)));
        }
    }

    [Test]
    public async Task Out_of_scope_may_have_a_label_of_its_own()
    {
        using ClassifyingChatClient client = new(_classifier) { OutOfScopeLabel = "other" };
        ChatResponse response = await client.GetResponseAsync(Foreign);
        Assert.That((response.Text, response.GetConfidence()!.Score), Is.EqualTo(("other", 0.0)));
        Assert.That((await client.GetResponseAsync("stolen card")).Text, Is.EqualTo("lost_card"));
        Assert.That((await client.GetResponseAsync(Foreign, Format("""{"enum":["Other","LostCard"]}"""))).Text, Is.EqualTo("\"Other\""));
        Assert.That(async () => await client.GetResponseAsync(Foreign, Format("""{"enum":["LostCard","RentFlat"]}""")), Throws.InstanceOf<ClassificationException>().With.Property("Failure").EqualTo(ClassificationFailure.InvalidAnswer));
    }

    [TestCase("""{"type":"object","properties":{"intent":{"enum":["Lost-Card","RENT FLAT"]}},"required":["intent"]}""", """{"intent":"Lost-Card"}""")]
    [TestCase("""{"type":"object","properties":{"note":{"type":"string"},"intent":{"enum":["lost_card"]}},"required":["intent"]}""", """{"intent":"lost_card"}""")]
    [TestCase("""{"type":"object","properties":{"intent":{"type":"string"}},"required":["intent"],"additionalProperties":false}""", """{"intent":"lost_card"}""")]
    [TestCase("""{"type":"string"}""", "\"lost_card\"")]
    [TestCase("""{"$ref":"#/$defs/S","$defs":{"S":{"enum":["LostCard","LateTrain"]}}}""", "\"LostCard\"")]
    public async Task A_schema_with_a_place_for_a_label_is_served(string schema, string expected) =>
        Assert.That((await _client.GetResponseAsync("stolen card", Format(schema))).Text, Is.EqualTo(expected));

    [Test]
    public async Task Json_without_a_schema_is_an_object_and_an_enum_narrows_the_labels()
    {
        Assert.That((await _client.GetResponseAsync("stolen card", new ChatOptions { ResponseFormat = ChatResponseFormat.Json })).Text, Is.EqualTo("""{"label":"lost_card"}"""));
        ChatResponse narrowed = await _client.GetResponseAsync("stolen card", Format("""{"enum":["RentFlat"]}"""));
        Assert.That(narrowed.Text, Is.EqualTo("\"RentFlat\""));
        Assert.That(narrowed.GetConfidence()!.Score, Is.LessThan(0.2), "what the schema rules out was likelier");
    }

    [TestCase("""{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}""")]
    [TestCase("""{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["a","b"]}""")]
    [TestCase("""{"enum":["sunny","rainy"]}""")]
    [TestCase("""{"type":"array","items":{"type":"string"}}""")]
    public void A_schema_without_such_a_place_is_refused(string schema) =>
        Assert.That(async () => await _client.GetResponseAsync("stolen card", Format(schema)), Throws.InstanceOf<ClassificationException>().With.Property("Failure").EqualTo(ClassificationFailure.UnservableSchema));

    [Test]
    public void What_is_no_message_is_refused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(async () => await _client.GetResponseAsync([]), Throws.ArgumentException);
            Assert.That(async () => await _client.GetResponseAsync("  "), Throws.ArgumentException);
            Assert.That(async () => await _client.GetResponseAsync([new ChatMessage(ChatRole.Assistant, "hi")]), Throws.InstanceOf<ClassificationException>().With.Property("Failure").EqualTo(ClassificationFailure.NoRequest));
            Assert.That(async () => await _client.GetResponseAsync("x", new ChatOptions { ToolMode = ChatToolMode.RequireAny }), Throws.InstanceOf<ClassificationException>().With.Property("Failure").EqualTo(ClassificationFailure.ToolRequired));
            Assert.That(() => new ClassifyingChatClient(null!), Throws.ArgumentNullException);
        });
    }

    private static ChatOptions Format(string schema) => new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonDocument.Parse(schema).RootElement, "schema") };
}
