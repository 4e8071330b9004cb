using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.Tests;

public sealed class EscalationLimitTests
{
    private static readonly PriceTable Prices = new([new("big", new ModelPrice(1_000_000, 2_000_000))], new(2026, 1, 1));

    private ManualTimeProvider _clock = null!;
    private ScriptedChatClient _local = null!;
    private ScriptedChatClient _frontier = null!;

    [SetUp]
    public void Create()
    {
        _clock = new(new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
        _local = new("local answer", "small");
        _frontier = new("frontier answer", "big") { Metadata = new("scripted", null, "big") };
    }

    [TearDown]
    public void Dispose()
    {
        _local.Dispose();
        _frontier.Dispose();
    }

    [Test]
    public async Task Calls_a_minute_slide_with_the_clock([Values] bool streaming)
    {
        using EscalatingChatClient client = Client(new() { CallsPerMinute = 2 });
        Assert.That(await RouteAsync(client, streaming), Is.EqualTo(Routes.Frontier));
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.That(await RouteAsync(client, streaming), Is.EqualTo(Routes.Frontier));
        Assert.That(await RouteAsync(client, streaming), Is.EqualTo(Routes.Local));
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.That(await RouteAsync(client, streaming), Is.EqualTo(Routes.Frontier));
        Assert.That(await RouteAsync(client, streaming), Is.EqualTo(Routes.Local));
    }

    [Test]
    public async Task A_kept_answer_says_what_was_withheld()
    {
        using EscalatingChatClient client = Client(new() { CallsPerMinute = 1 });
        _ = await client.GetResponseAsync("a");
        ChatResponse second = await client.GetResponseAsync("b");
        Assert.That(second.Text, Is.EqualTo("local answer"));
        Assert.That(second.GetWithheldEscalationReason(), Is.EqualTo("always"));
        Assert.That(second.GetEscalationReason(), Is.Null);
    }

    [Test]
    public async Task Dollars_are_counted_by_real_usage_and_start_anew_each_day([Values] bool streaming)
    {
        // Each answer costs 10 · 1 + 5 · 2 = 20 dollars.
        using EscalatingChatClient client = Client(new() { DollarsPerDay = 40 });
        Assert.That(await RouteAsync(client, streaming), Is.EqualTo(Routes.Frontier));
        Assert.That(await RouteAsync(client, streaming), Is.EqualTo(Routes.Frontier));
        Assert.That(await RouteAsync(client, streaming), Is.EqualTo(Routes.Local));
        _clock.Advance(TimeSpan.FromHours(12));
        Assert.That(await RouteAsync(client, streaming), Is.EqualTo(Routes.Frontier));
    }

    [Test]
    public async Task An_answer_without_usage_is_charged_at_its_bytes()
    {
        _frontier.OnResponse = (_, _) => Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, "four")));
        using EscalatingChatClient client = Client(new() { DollarsPerDay = 20 });
        Assert.That((await client.GetResponseAsync("0123456789abc")).GetRoute(), Is.EqualTo(Routes.Frontier));
        Assert.That((await client.GetResponseAsync("x")).GetRoute(), Is.EqualTo(Routes.Local), "13 · 1 + 4 · 2 = 21 dollars have been spent");
    }

    [Test]
    public async Task An_abandoned_stream_is_charged()
    {
        using EscalatingChatClient client = Client(new() { DollarsPerDay = 20 });
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("0123456789"))
        {
            break;
        }

        Assert.That((await client.GetResponseAsync("x")).GetRoute(), Is.EqualTo(Routes.Local));
    }

    [Test]
    public void A_model_without_a_price_is_refused_before_it_is_asked([Values] bool streaming)
    {
        _frontier.Metadata = new("scripted", null, "unheard-of");
        using EscalatingChatClient client = Client(new() { DollarsPerDay = 20 });
        Assert.That(async () => await RouteAsync(client, streaming), Throws.InstanceOf<UnpricedModelException>().With.Property("Model").EqualTo("unheard-of"));
        Assert.That(_frontier.Calls, Is.Empty);
    }

    [Test]
    public async Task The_limit_can_throw_instead()
    {
        using EscalatingChatClient client = Client(new() { CallsPerMinute = 1, WhenReached = EscalationLimitBehavior.Throw });
        _ = await client.GetResponseAsync("a");
        Assert.That(async () => await client.GetResponseAsync("b"), Throws.InstanceOf<EscalationLimitException>().With.Property("Reason").EqualTo("always"));
    }

    [Test]
    public async Task A_failed_call_has_no_answer_to_keep()
    {
        IOException failure = new("gone");
        using EscalatingChatClient client = Client(new() { CallsPerMinute = 1 });
        _ = await client.GetResponseAsync("a");
        _ = _local.ThenThrow(failure);
        Assert.That(async () => await client.GetResponseAsync("b"), Throws.InstanceOf<EscalationLimitException>().With.InnerException.SameAs(failure));
    }

    [Test]
    public async Task Concurrent_calls_do_not_pass_the_limit()
    {
        using EscalatingChatClient client = Client(new() { CallsPerMinute = 5 });
        string?[] routes = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => RouteAsync(client, i % 2 == 0)));
        Assert.That(routes.Count(static r => r == Routes.Frontier), Is.EqualTo(5));
    }

    [Test]
    public void Limits_that_allow_nothing_are_refused()
    {
        Assert.That(static () => new EscalationLimits { CallsPerMinute = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(static () => new EscalationLimits { DollarsPerDay = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private EscalatingChatClient Client(EscalationLimits limits) => _local.WithEscalation(_frontier, EscalateWhen.Always | EscalateWhen.Faulted, limits with { TimeProvider = _clock, Prices = Prices });

    private static async Task<string?> RouteAsync(EscalatingChatClient client, bool streaming) => (await EscalatingChatClientTests.AskAsync(client, streaming)).GetRoute();
}
