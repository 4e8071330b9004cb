using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>The contract over a real model in this process, and over the decorators around it.</summary>
public abstract class LlamaContract : ChatClientContract
{
    protected LlamaModel Model { get; private set; } = null!;

    // Without a limit the answer of a small model may go on to the end of its context.
    protected override ChatOptions? LeastOptions => new() { MaxOutputTokens = 8 };

    [OneTimeSetUp]
    public async Task Load() => Model = await Models.SmolLM2Async();
}

public sealed class LlamaChatClientContract : LlamaContract
{
    protected override IChatClient CreateClient() => Model.AsIChatClient();
}

public sealed class DeferredLlamaContract : LlamaContract
{
    private LlamaModelHost _host = null!;

    [OneTimeSetUp]
    public void Start() => _host = new LlamaModelHost("small", Models.SmolLM2Path, new LlamaModelOptions(), loggerFactory: null);

    [OneTimeTearDown]
    public void Stop() => _host.Dispose();

    protected override IChatClient CreateClient() => new DeferredChatClient(_host);
}

public sealed class EscalatingLlamaContract : LlamaContract
{
    protected override IChatClient CreateClient() => Model.AsIChatClient().WithEscalation(new ScriptedChatClient("frontier"), EscalateWhen.ConfidenceBelow(1e-9));
}

public sealed class EscalatedLlamaContract : LlamaContract
{
    protected override IChatClient CreateClient() => new ScriptedChatClient("first").WithEscalation(Model.AsIChatClient(), EscalateWhen.Always);
}

public sealed class LedgerLlamaContract : LlamaContract
{
    protected override IChatClient CreateClient() => Model.AsIChatClient().WithLedger(new Ledger());
}
