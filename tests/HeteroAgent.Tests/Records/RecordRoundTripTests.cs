using System.Text.Json;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace HeteroAgent.Tests;

public sealed class RecordRoundTripTests
{
    private const string Text = "The annual fee is $95 [1].\nSo it costs $95.";

    private static readonly ChatMessage[] Question = [new(ChatRole.User, "What is the annual fee?")];
    private static readonly Confidence Sure = new(-0.1, -0.5, 12, 0.9) { Choices = new Dictionary<string, double> { ["yes"] = 0.9, ["no"] = 0.1 } };

    private readonly MemoryDistributedCache _cache = new(Options.Create(new MemoryDistributedCacheOptions()));

    [Test]
    public async Task A_confident_answer_from_a_cache_inside_is_kept_with_the_same_confidence([Values] bool streaming, [Values] bool generated)
    {
        ScriptedChatClient local = Local(Sure);
        ScriptedChatClient frontier = new("frontier");
        using IChatClient client = Cached(local, generated).WithEscalation(frontier, EscalateWhen.ConfidenceBelow(0.5));
        ChatResponse first = await AskAsync(client, streaming);
        ChatResponse second = await AskAsync(client, streaming);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((local.Calls.Count, frontier.Calls.Count), Is.EqualTo((1, 0)));
            Assert.That((second.GetRoute(), second.GetConfidence()!.Score), Is.EqualTo((Routes.Local, 0.9)));
            Assert.That(Records.Of(second), Is.EqualTo(Records.Of(first)));
        }
    }

    [Test]
    public async Task An_unsure_answer_from_a_cache_inside_is_escalated_for_the_same_reason([Values] bool streaming)
    {
        using IChatClient client = Cached(Local(new(-2, -4, 4)), generated: false).WithEscalation(new ScriptedChatClient("frontier"), EscalateWhen.ConfidenceBelow(0.5));
        ChatResponse first = await AskAsync(client, streaming);
        ChatResponse second = await AskAsync(client, streaming);
        Assert.That(second.GetEscalation(), Is.EqualTo(first.GetEscalation()));
        Assert.That(second.GetEscalationReason(), Is.EqualTo("confidence_below"));
    }

    [Test]
    public async Task A_hit_of_a_cache_outside_carries_every_record([Values] bool streaming, [Values] bool generated, [Values] bool escalated)
    {
        ScriptedChatClient local = Local(Sure);
        IChatClient inner = local.WithVerification(new ScriptedVerifier(escalated ? "95" : "WRONG"))
            .WithEscalation(Local(null), EscalateWhen.ErrorFound).WithRetrieval(new FixedRetriever());
        using IChatClient client = Cached(inner, generated);
        ChatResponse first = await AskAsync(client, streaming);
        ChatResponse second = await AskAsync(client, streaming);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(local.Calls, Has.Count.EqualTo(1));
            Assert.That(second.GetRoute(), Is.EqualTo(escalated ? Routes.Frontier : Routes.Local));
            Assert.That(second.GetCitations().Single().Passage.Url, Is.EqualTo(new Uri("https://bank.example/fees")));
            Assert.That(second.GetVerification() is null, Is.EqualTo(escalated));
            Assert.That(second.GetConfidence(), Is.Not.Null);
            Assert.That(second.GetLogprobs(), escalated ? Is.Empty : Has.Count.EqualTo(2));
            Assert.That(Records.Of(second), Is.EqualTo(Records.Of(first)));
            Assert.That(Records.Of(second.Messages[^1]), Is.EqualTo(Records.Of(first.Messages[^1])));
            Assert.That(CallSignals.Read(second), Is.EquivalentTo(CallSignals.Read(first)));
        }
    }

    [Test]
    public async Task A_streamed_answer_carries_the_records_of_one_that_is_not_streamed_on_both_levels([Values] bool escalated)
    {
        ChatResponse[] responses = new ChatResponse[2];
        foreach (bool streaming in new[] { false, true })
        {
            using IChatClient client = Local(Sure).WithStepwiseEscalation(Local(null), new ScriptedVerifier(escalated ? "So it" : "WRONG")).WithRetrieval(new FixedRetriever());
            responses[streaming ? 1 : 0] = await AskAsync(client, streaming);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Records.Of(responses[1]), Is.EqualTo(Records.Of(responses[0])));
            Assert.That(Records.Of(responses[1].Messages[^1]), Is.EqualTo(Records.Of(responses[0].Messages[^1])));
            Assert.That(Records.Of(responses[1].Messages[^1]), Is.EqualTo(Records.Of(responses[1])));
            Assert.That(responses[1].GetVerification() is null, Is.EqualTo(escalated), "the steps that were shown are not the frontier model's answer");
            Assert.That(responses[1].GetEscalation()!.PrefixSteps, Is.EqualTo(escalated ? 1 : null));
        }
    }

    [Test]
    public async Task A_ledger_inside_counts_the_route_of_a_stored_answer()
    {
        using IChatClient cached = Cached(Local(Sure).WithEscalation(new ScriptedChatClient("frontier"), EscalateWhen.Always), generated: false);
        _ = await AskAsync(cached, streaming: false);
        Ledger ledger = new(PriceTable.Default);
        _ = await AskAsync(cached.WithLedger(ledger), streaming: true);
        LedgerSnapshot snapshot = ledger.GetSnapshot();
        Assert.That((snapshot.FrontierCalls, snapshot.Rows.Any(static r => r.Route == Routes.Frontier)), Is.EqualTo((1L, true)));
    }

    [Test]
    public void Numbers_that_json_has_no_form_for_are_stored_and_read_back([Values] bool generated)
    {
        ChatResponse response = new(new ChatMessage(ChatRole.Assistant, "yes")) { AdditionalProperties = [] };
        response.AdditionalProperties.SetConfidence(new Confidence(double.NegativeInfinity, double.NegativeInfinity, 1));
        response.AdditionalProperties.SetLogprobs([new(1, "a", double.NegativeInfinity)]);
        response.AdditionalProperties["heteroagent.retrieval"] = new RetrievalRecord([new("d", "", "t", double.NaN)], [1]);
        JsonSerializerOptions options = generated ? HeteroAgentJson.Options : AIJsonUtilities.DefaultOptions;
        ChatResponse read = JsonSerializer.Deserialize<ChatResponse>(JsonSerializer.Serialize(response, options), options)!;
        Assert.That(read.GetConfidence(), Is.EqualTo(response.GetConfidence()));
        Assert.That(read.GetLogprobs()[0].Logprob, Is.EqualTo(double.NegativeInfinity));
        Assert.That(read.GetPassages()[0].Score, Is.NaN);
    }

    [Test]
    public void The_generated_resolver_alone_writes_every_record()
    {
        JsonSerializerOptions options = new(JsonSerializerDefaults.Web) { TypeInfoResolver = HeteroAgentJson.TypeInfoResolver };
        object[] records =
        [
            Sure, new EscalationRecord(Routes.Local), new LogprobRecord([new(1, "a", -1)]), new RetrievalRecord([FixedRetriever.Fee], [1], 0.5, ["claim"]),
            new VerificationRecord(false, new([new(0, 1)], -1, [new(0, "why")])),
        ];
        Assert.That(records.Select(r => JsonSerializer.Serialize(r, r.GetType(), options)), Has.All.StartsWith("{"));
    }

    [TestCase("heteroagent.confidence", "{}")]
    [TestCase("heteroagent.confidence", "0.9")]
    [TestCase("heteroagent.confidence", "null")]
    [TestCase("heteroagent.confidence", """{"meanLogprob":1,"minLogprob":-1,"tokenCount":1}""")]
    [TestCase("heteroagent.confidence", """{"meanLogprob":-1,"minLogprob":-1,"tokenCount":-1}""")]
    [TestCase("heteroagent.confidence", """{"meanLogprob":"NaN","minLogprob":-1,"tokenCount":1}""")]
    [TestCase("heteroagent.confidence", """{"meanLogprob":-1,"minLogprob":-1,"tokenCount":1,"choices":{"a":2}}""")]
    [TestCase("heteroagent.confidence", """{"meanLogprob":-1,"minLogprob":-1,"score":1}""")]
    [TestCase("heteroagent.escalation", """{"route":"elsewhere"}""")]
    [TestCase("heteroagent.escalation", """{"route":null}""")]
    [TestCase("heteroagent.escalation", """{"route":"local","prefixSteps":-1}""")]
    [TestCase("heteroagent.escalation", "[]")]
    [TestCase("heteroagent.logprobs", """{"tokens":[{"tokenId":1,"text":"a","logprob":1}]}""")]
    [TestCase("heteroagent.logprobs", """{"tokens":[{"tokenId":1,"text":null,"logprob":-1}]}""")]
    [TestCase("heteroagent.logprobs", """{"tokens":null}""")]
    [TestCase("heteroagent.verification", "{}")]
    [TestCase("heteroagent.verification", """{"isAbstained":false}""")]
    [TestCase("heteroagent.verification", """{"isAbstained":false,"result":{"steps":[],"firstError":-1,"reasons":[]}}""")]
    [TestCase("heteroagent.verification", """{"isAbstained":false,"result":{"steps":[{"index":0,"score":1.5}],"firstError":-1,"reasons":[]}}""")]
    [TestCase("heteroagent.verification", """{"isAbstained":false,"result":{"steps":[{"index":0}],"firstError":-1,"reasons":[]}}""")]
    [TestCase("heteroagent.verification", """{"isAbstained":false,"result":{"steps":[{"index":0,"score":0}],"firstError":1,"reasons":[]}}""")]
    [TestCase("heteroagent.verification", """{"isAbstained":false,"result":{"steps":[{"index":0,"score":0}],"firstError":0,"reasons":[null]}}""")]
    [TestCase("heteroagent.retrieval", """{"passages":[null],"citedNumbers":[1]}""")]
    [TestCase("heteroagent.retrieval", """{"passages":[],"citedNumbers":[1]}""")]
    [TestCase("heteroagent.retrieval", """{"passages":[],"citedNumbers":[],"grounding":2}""")]
    [TestCase("heteroagent.retrieval", """{"passages":[],"citedNumbers":[],"unsupportedClaims":[null]}""")]
    [TestCase("heteroagent.retrieval", "\"text\"")]
    public async Task A_malformed_record_reads_as_absent(string key, string json)
    {
        ChatResponse response = new(new ChatMessage(ChatRole.Assistant, "yes")) { AdditionalProperties = new() { [key] = JsonElement.Parse(json) } };
        ChatResponse none = new(new ChatMessage(ChatRole.Assistant, "yes"));
        Assert.That(Records.Of(response), Is.EqualTo(Records.Of(none)));
        foreach (EscalationPolicy policy in new[] { EscalateWhen.ConfidenceBelow(0.1), EscalateWhen.ScoreBelow(0.1), EscalateWhen.GroundingBelow(0.1) })
        {
            EscalationDecision decision = await policy.EvaluateAsync(new([], null, response));
            Assert.That(decision.Reason, Is.AnyOf("confidence_unknown", "verification_unknown", "grounding_unknown"));
        }
    }

    [TestCase("""{"meanLogprob":-1,"minLogprob":-2,"tokenCount":3}""")]
    [TestCase("""{"MeanLogprob":"-1","MinLogprob":-2.0,"TokenCount":3,"other":true}""")]
    public void A_record_is_read_from_an_element_a_node_and_a_text(string json)
    {
        Confidence expected = new(-1, -2, 3);
        Assert.That(Confidence.From(new Dictionary<string, object?> { ["heteroagent.confidence"] = JsonElement.Parse(json) }), Is.EqualTo(expected));
        Assert.That(Confidence.From(new Dictionary<string, object?> { ["heteroagent.confidence"] = System.Text.Json.Nodes.JsonNode.Parse(json) }), Is.EqualTo(expected));
        Assert.That(Confidence.From(new Dictionary<string, object?> { ["heteroagent.confidence"] = json }), Is.EqualTo(expected));
        Assert.That(Confidence.From(null), Is.Null);
    }

    private static ScriptedChatClient Local(Confidence? confidence)
    {
        ScriptedChatClient client = new();
        client.OnResponse = (_, _) =>
        {
            ChatResponse answer = client.Answer(Text, confidence);
            if (confidence is not null)
            {
                answer.AdditionalProperties!.SetLogprobs([new(1, "The", -0.1), new(2, " annual", -0.5) { IsForced = true }]);
                answer.Messages[^1].AdditionalProperties!.SetLogprobs(answer.GetLogprobs());
            }

            return Task.FromResult(answer);
        };
        return client;
    }

    private static Task<ChatResponse> AskAsync(IChatClient client, bool streaming) =>
        streaming ? client.GetStreamingResponseAsync(Question).ToChatResponseAsync() : client.GetResponseAsync(Question);

    private DistributedCachingChatClient Cached(IChatClient inner, bool generated)
    {
        DistributedCachingChatClient client = new(inner, _cache);
        client.CacheKeyAdditionalValues = [Guid.NewGuid().ToString()];
        client.JsonSerializerOptions = generated ? HeteroAgentJson.Options : AIJsonUtilities.DefaultOptions;
        return client;
    }

    private sealed class FixedRetriever : IRetriever
    {
        public static readonly RetrievedPassage Fee = new("fees", "Card fees", "The annual fee of the card is $95.", 1) { Start = 4, Url = new("https://bank.example/fees") };

        public ValueTask<IReadOnlyList<RetrievedPassage>> RetrieveAsync(string query, RetrievalOptions? options = null, CancellationToken cancellationToken = default) =>
            new([Fee]);
    }
}
