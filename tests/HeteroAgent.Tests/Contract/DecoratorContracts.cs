using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Tests;

public sealed class KeptCallContract : DecoratorContract
{
    private readonly List<ScriptedChatClient> _clients = [];

    protected override IEnumerable<ReceivedCall> Received => _clients.SelectMany(static c => c.Calls);

    protected override IChatClient CreateClient()
    {
        _clients.Clear();
        _clients.AddRange([new("local"), new("frontier")]);
        return _clients[0].WithEscalation(_clients[1], EscalateWhen.Never);
    }
}

public sealed class EscalatedCallContract : DecoratorContract
{
    private readonly List<ScriptedChatClient> _clients = [];

    protected override IEnumerable<ReceivedCall> Received => _clients.SelectMany(static c => c.Calls);

    protected override IChatClient CreateClient()
    {
        _clients.Clear();
        _clients.AddRange([new("local"), new("frontier")]);
        return _clients[0].WithEscalation(_clients[1], EscalateWhen.Always);
    }
}

public sealed class ClaimedFailureContract : ChatClientContract
{
    protected override IChatClient CreateClient() =>
        new ScriptedChatClient { OnResponse = static (_, token) => token.IsCancellationRequested ? Task.FromCanceled<ChatResponse>(token) : throw new ContextOverflowException(9, 8) }
            .WithEscalation(new ScriptedChatClient("frontier"), EscalateWhen.ContextOverflow);
}

public sealed class NestedCascadeContract : ChatClientContract
{
    protected override IChatClient CreateClient() =>
        new ScriptedChatClient("local").WithEscalation(new ScriptedChatClient("middle"), EscalateWhen.Always).WithEscalation(new ScriptedChatClient("frontier"), EscalateWhen.Always);
}

public sealed class LedgerContract : DecoratorContract
{
    private readonly List<ScriptedChatClient> _clients = [];

    protected override IEnumerable<ReceivedCall> Received => _clients.SelectMany(static c => c.Calls);

    protected override IChatClient CreateClient()
    {
        _clients.Clear();
        _clients.Add(new("local"));
        return _clients[0].WithLedger(new Ledger());
    }
}

public sealed class VerifyingContract : DecoratorContract
{
    private readonly List<ScriptedChatClient> _clients = [];

    protected override IEnumerable<ReceivedCall> Received => _clients.SelectMany(static c => c.Calls);

    protected override IChatClient CreateClient()
    {
        _clients.Clear();
        _clients.Add(new("local"));
        return _clients[0].WithVerification(new ScriptedVerifier());
    }
}

public sealed class StepwiseKeptContract : DecoratorContract
{
    private readonly List<ScriptedChatClient> _clients = [];

    protected override IEnumerable<ReceivedCall> Received => _clients.SelectMany(static c => c.Calls);

    protected override IChatClient CreateClient()
    {
        _clients.Clear();
        _clients.AddRange([new("first step\nsecond step"), new("frontier")]);
        return _clients[0].WithStepwiseEscalation(_clients[1], new ScriptedVerifier());
    }
}

public sealed class StepwiseHandedOverContract : DecoratorContract
{
    private readonly List<ScriptedChatClient> _clients = [];

    protected override IEnumerable<ReceivedCall> Received => _clients.SelectMany(static c => c.Calls);

    protected override IChatClient CreateClient()
    {
        _clients.Clear();
        _clients.AddRange([new("first step\nWRONG\nthird"), new("frontier")]);
        return _clients[0].WithStepwiseEscalation(_clients[1], new ScriptedVerifier("WRONG"));
    }
}

/// <summary>The scripted client itself, since the other fixtures rest on it.</summary>
public sealed class ScriptedContract : ChatClientContract
{
    protected override IChatClient CreateClient() => new ScriptedChatClient();
}
