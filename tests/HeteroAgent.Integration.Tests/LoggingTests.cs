using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HeteroAgent.Integration.Tests;

/// <summary>The log of the decorators, in which no text of a call stands above Trace.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LoggingTests : IDisposable
{
    private const string Secret = "secret-of-the-call";

    private readonly RecordingLoggerFactory _logs = new();
    private readonly ScriptedChatClient _local = new($"local {Secret}", "local-model") { Metadata = new("scripted", null, "local-model") };
    private readonly ScriptedChatClient _frontier = new($"frontier {Secret}", "frontier-model") { Metadata = new("scripted", null, "frontier-model") };

    public void Dispose()
    {
        _logs.Dispose();
        _local.Dispose();
        _frontier.Dispose();
    }

    [TearDown]
    public void Nothing_of_the_call_is_logged_above_trace() =>
        Assert.That(_logs.Events.Where(static e => e.Level > LogLevel.Trace).Select(static e => e.Text), Has.None.Contains(Secret));

    [Test]
    public async Task An_escalation_and_its_reason([Values] bool streaming)
    {
        using IChatClient client = Escalation(EscalateWhen.Matches(static _ => true, "tested"));
        await AskAsync(client, streaming);
        AssertLogged(1001, LogLevel.Information, "Escalated to frontier-model: tested.");
    }

    [Test]
    public async Task A_kept_answer([Values] bool stepwise)
    {
        using IChatClient client = stepwise ? Stepwise(EscalateWhen.Never) : Escalation(EscalateWhen.Never);
        await AskAsync(client, streaming: true);
        AssertLogged(1000, LogLevel.Debug, "local-model");
    }

    [Test]
    public async Task The_detail_of_a_decision_at_trace_only()
    {
        using IChatClient client = Stepwise(EscalateWhen.Never, new ScriptedVerifier(Secret));
        await AskAsync(client, streaming: true);
        AssertLogged(1001, LogLevel.Information, "step_rejected");
        AssertLogged(1002, LogLevel.Trace, "step 1");
    }

    [Test]
    public async Task An_escalation_that_a_limit_withholds([Values] bool stepwise)
    {
        EscalationLimits limits = new() { CallsPerMinute = 1 };
        using IChatClient client = stepwise
            ? _local.WithStepwiseEscalation(_frontier, new ScriptedVerifier(), EscalateWhen.Always, limits, configure: c => c.LoggerFactory = _logs)
            : _local.WithEscalation(_frontier, EscalateWhen.Always, limits, configure: c => c.LoggerFactory = _logs);
        await AskAsync(client, streaming: false);
        await AskAsync(client, streaming: false);
        AssertLogged(1003, LogLevel.Warning, "always");
    }

    [Test]
    public void A_frontier_and_a_local_model_that_fail([Values] bool streaming, [Values] bool stepwise)
    {
        _local.ThenThrow(new InvalidOperationException(Secret));
        _frontier.ThenThrow(new HttpRequestException(Secret));
        using IChatClient client = stepwise ? Stepwise(EscalateWhen.Faulted) : Escalation(EscalateWhen.Faulted);
        Assert.That(() => AskAsync(client, streaming), Throws.InstanceOf<HttpRequestException>());
        AssertLogged(1004, LogLevel.Warning, "local-model failed: InvalidOperationException");
        AssertLogged(1005, LogLevel.Error, "frontier-model failed: HttpRequestException");
    }

    [TestCase("", 1100, LogLevel.Debug)]
    [TestCase("secret", 1101, LogLevel.Information)]
    [TestCase(null, 1102, LogLevel.Debug)]
    public async Task A_verification(string? mark, int id, LogLevel level)
    {
        ScriptedVerifier verifier = mark is null ? new() { Abstains = true } : mark.Length == 0 ? new() : new(mark);
        using IChatClient client = _local.WithVerification(verifier, c => c.LoggerFactory = _logs);
        await AskAsync(client, streaming: false);
        AssertLogged(id, level, "");
    }

    [Test]
    public void A_verifier_that_fails()
    {
        using IChatClient client = _local.WithVerification(new ScriptedVerifier(static (_, _) => throw new InvalidOperationException(Secret)), c => c.LoggerFactory = _logs);
        Assert.That(() => AskAsync(client, streaming: false), Throws.InstanceOf<InvalidOperationException>());
        AssertLogged(1103, LogLevel.Error, "InvalidOperationException");
    }

    [Test]
    public async Task A_retrieval_with_and_without_passages([Values] bool found)
    {
        ScriptedRetriever retriever = found ? new(new RetrievedPassage("d", "Title", Secret, 1)) : new();
        using IChatClient client = _local.WithRetrieval(retriever, configure: c => c.LoggerFactory = _logs);
        await AskAsync(client, streaming: false);
        AssertLogged(found ? 1200 : 1201, found ? LogLevel.Debug : LogLevel.Information, found ? "1 passages" : "of 0 found");
    }

    [Test]
    public async Task A_model_without_a_price_once()
    {
        using IChatClient client = Escalation(EscalateWhen.Always).WithLedger(new(), c => c.LoggerFactory = _logs);
        int before = _logs.Events.Count(static e => e.Id.Id == 1301);
        await AskAsync(client, streaming: false);
        await AskAsync(client, streaming: true);
        AssertLogged(1301, LogLevel.Warning, "frontier-model has no price");
        Assert.That(_logs.Events.Count(static e => e.Id.Id == 1301) - before, Is.EqualTo(1));
        AssertLogged(1300, LogLevel.Debug, "frontier");
    }

    private EscalatingChatClient Escalation(EscalationPolicy policy) => _local.WithEscalation(_frontier, policy, configure: c => c.LoggerFactory = _logs);

    private StepwiseEscalatingChatClient Stepwise(EscalationPolicy policy, IProcessVerifier? verifier = null) =>
        _local.WithStepwiseEscalation(_frontier, verifier ?? new ScriptedVerifier(), policy, configure: c => c.LoggerFactory = _logs);

    private static async Task AskAsync(IChatClient client, bool streaming) =>
        _ = streaming ? await client.GetStreamingResponseAsync($"question {Secret}").ToChatResponseAsync() : await client.GetResponseAsync($"question {Secret}");

    private void AssertLogged(int id, LogLevel level, string text) =>
        Assert.That(_logs.Events.Where(e => e.Id.Id == id && e.Level == level && e.Category.StartsWith("HeteroAgent.", StringComparison.Ordinal)).Select(static e => e.Text), Has.Some.Contains(text));
}
