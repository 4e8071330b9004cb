using System.Text;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.Tests;

public sealed class LedgerTests
{
    private static readonly PriceTable Prices = new([new("big", new ModelPrice(3, 15, 0.3m)), new("mid", new ModelPrice(1, 5))], new(2026, 1, 1), "test");

    [Test]
    public async Task Adds_up_a_cascade_by_hand([Values] bool streaming)
    {
        ScriptedChatClient local = new("kept", "small");
        _ = local.Then(local.Answer("kept", new Confidence(-0.1, -0.1, 1), input: 1000, output: 100), local.Answer("draft", new Confidence(-3, -3, 1), input: 2000, output: 200));
        ScriptedChatClient frontier = new("frontier", "big");
        _ = frontier.Then(frontier.Answer("better", input: 1800, output: 300));
        Ledger ledger = new(Prices);
        using IChatClient client = local.WithEscalation(frontier, EscalateWhen.ConfidenceBelow(0.5)).WithLedger(ledger);
        _ = await EscalatingChatClientTests.AskAsync(client, streaming);
        _ = await EscalatingChatClientTests.AskAsync(client, streaming);
        LedgerSnapshot snapshot = ledger.GetSnapshot();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(snapshot.Rows, Is.EqualTo((LedgerRow[])
            [
                new(Routes.Local, "small", 2, 3000, 0, 300, 0),
                new(Routes.Frontier, "big", 1, 1800, 0, 300, 0.0099m), // 1800 · 3e-6 + 300 · 15e-6
            ]));
            Assert.That(snapshot.LocalCalls, Is.EqualTo(1));
            Assert.That(snapshot.FrontierCalls, Is.EqualTo(1));
            Assert.That(snapshot.LocalShare, Is.EqualTo(0.5));
            Assert.That(snapshot.Cost, Is.EqualTo(0.0099m));
            Assert.That(snapshot.FrontierModel, Is.EqualTo("big"));
            Assert.That(snapshot.FrontierOnlyCost, Is.EqualTo(0.0099m + 0.0045m), "1000 · 3e-6 + 100 · 15e-6 for the kept call");
            Assert.That(snapshot.Saving, Is.EqualTo(0.0045m));
            Assert.That(snapshot.SavingShare, Is.EqualTo(0.0045 / 0.0144).Within(1e-12));
            Assert.That(snapshot.UnpricedCalls + snapshot.UnmeasuredCalls, Is.Zero);
        }
    }

    [Test]
    public void Cached_input_is_cheaper() => Assert.That(Prices.GetPrice("big").Cost(1_000_000, 0, 400_000), Is.EqualTo(0.6m * 3 + 0.4m * 0.3m));

    [Test]
    public void Sums_of_a_tool_loop_are_split_by_their_counts()
    {
        UsageDetails loop = new() { InputTokenCount = 60, OutputTokenCount = 6 };
        RouteUsage.CountLocal(loop, new() { InputTokenCount = 10, OutputTokenCount = 1 }, discarded: false);
        RouteUsage.CountLocal(loop, new() { InputTokenCount = 20, OutputTokenCount = 2 }, discarded: true);
        RouteUsage.CountFrontier(loop, new() { InputTokenCount = 30, OutputTokenCount = 3 });
        Ledger ledger = new(Prices, "mid");
        ledger.Record(loop, Routes.Frontier, "big");
        LedgerSnapshot snapshot = ledger.GetSnapshot();
        Assert.That(snapshot.LocalCalls, Is.EqualTo(1));
        Assert.That(snapshot.FrontierCalls, Is.EqualTo(1));
        Assert.That(snapshot.Rows[0].InputTokens, Is.EqualTo(30));
        Assert.That(snapshot.FrontierOnlyCost, Is.EqualTo(30 * 3e-6m + 3 * 15e-6m + 10 * 1e-6m + 1 * 5e-6m));
    }

    [Test]
    public void A_model_without_a_price_is_counted_not_free()
    {
        Ledger ledger = new(Prices);
        ledger.Record(new() { InputTokenCount = 10, OutputTokenCount = 1 }, Routes.Frontier, "unheard-of");
        ledger.Record(new() { InputTokenCount = 10, OutputTokenCount = 1 }, Routes.Local, "small");
        LedgerSnapshot snapshot = ledger.GetSnapshot();
        Assert.That(snapshot.UnpricedCalls, Is.EqualTo(1));
        Assert.That(snapshot.Rows[1].Cost, Is.Null);
        Assert.That(snapshot.FrontierOnlyCost, Is.Null);
        Assert.That(snapshot.ToTable(), Does.Contain("no price").And.Contain("1 calls of models without a price"));
    }

    [Test]
    public async Task A_call_without_usage_is_counted_as_unmeasured([Values] bool streaming)
    {
        ScriptedChatClient model = new() { OnResponse = static (_, _) => Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, "x"))) };
        Ledger ledger = new(Prices);
        _ = await EscalatingChatClientTests.AskAsync(model.WithEscalation(new ScriptedChatClient(), EscalateWhen.Never).WithLedger(ledger), streaming);
        Assert.That(ledger.GetSnapshot().UnmeasuredCalls, Is.EqualTo(1));
    }

    [Test]
    public async Task An_answer_of_unknown_route_is_priced_as_the_frontiers()
    {
        Ledger ledger = new(Prices);
        _ = await new ScriptedChatClient("x", "mid").WithLedger(ledger).GetResponseAsync("hi");
        Assert.That(ledger.GetSnapshot().Rows.Single(), Is.EqualTo(new LedgerRow(Routes.Frontier, "mid", 1, 10, 0, 5, 10 * 1e-6m + 5 * 5e-6m)));
    }

    [Test]
    public async Task Concurrent_calls_are_all_counted()
    {
        Ledger ledger = new(Prices);
        using IChatClient client = new ScriptedChatClient("x", "mid").WithLedger(ledger);
        _ = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => EscalatingChatClientTests.AskAsync(client, i % 2 == 0)));
        Assert.That(ledger.GetSnapshot().Rows.Single().InputTokens, Is.EqualTo(2000));
    }

    [Test]
    public void The_table_is_readable()
    {
        Ledger ledger = new(Prices) { LocalPrice = new(0.1m, 0.1m) };
        ledger.Record(new() { InputTokenCount = 1_000_000, OutputTokenCount = 10 }, Routes.Local, "small");
        ledger.Record(new() { InputTokenCount = 2000, OutputTokenCount = 100 }, Routes.Frontier, "big");
        Assert.That(ledger.GetSnapshot().ToTable(), Is.EqualTo("""
            route     model  calls      input  cached  output   dollars
            local     small      1  1,000,000       0      10  0.100001
            frontier  big        1      2,000       0     100  0.007500
            kept local: 1 of 2 (50.0 %)
            cost: 0.107501 dollars (prices of 2026-01-01)
            all to big: about 3.007650 dollars; saved 2.900149 (96.4 %)
            """.ReplaceLineEndings("\n")));
    }

    [TestCase("claude-sonnet-4-5-20250929", 3)]
    [TestCase("anthropic/claude-sonnet-4-5", 3)]
    [TestCase("CLAUDE-SONNET-4-5", 3)]
    [TestCase("models/gemini-2.5-flash", 0.3)]
    [TestCase("gpt-4o-mini-2024-07-18", 0.15)]
    [TestCase("claude-3-5-haiku-latest", 0.8)]
    public void The_default_table_knows_models_by_their_dated_names(string model, decimal input) => Assert.That(PriceTable.Default.GetPrice(model).InputPerMillion, Is.EqualTo(input));

    [TestCase("gpt-4o-audio-preview")]
    [TestCase("claude")]
    [TestCase("")]
    [TestCase(null)]
    public void A_longer_or_shorter_name_is_another_model(string? model) => Assert.That(() => PriceTable.Default.GetPrice(model), Throws.InstanceOf<UnpricedModelException>());

    [Test]
    public void A_price_can_be_added() => Assert.That(PriceTable.Default.With("mine", new(1, 2)).With("MINE", new(3, 4)).GetPrice("mine").InputPerMillion, Is.EqualTo(3));

    [TestCase("not json", "not JSON")]
    [TestCase("[]", "/models")]
    [TestCase("""{"models":{}}""", "/as_of")]
    [TestCase("""{"as_of":"2026-01-01","models":{"a":{"input":1}}}""", "/models/a/output")]
    [TestCase("""{"as_of":"2026-01-01","models":{"a":{"input":-1,"output":1}}}""", "/models/a/input")]
    [TestCase("""{"as_of":"2026-01-01","models":{"a":{"input":1,"output":1},"A":{"input":1,"output":1}}}""", "twice")]
    public void A_bad_table_names_the_place(string json, string place) =>
        Assert.That(() => PriceTable.Load(new MemoryStream(Encoding.UTF8.GetBytes(json))), Throws.InstanceOf<PriceTableException>().With.Message.Contains(place));

    [Test]
    public void A_frontier_model_without_a_price_is_refused() => Assert.That(static () => new Ledger(Prices, "unheard-of"), Throws.InstanceOf<UnpricedModelException>());
}
