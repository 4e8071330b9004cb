using HeteroAgent.Starter;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

internal sealed class ExtractiveChatClientContractTests : ChatClientContract
{
    private ExtractiveModel _model = null!;

    protected override IReadOnlyList<ChatMessage> Messages => [new(ChatRole.System, "Be brief."), new(ChatRole.User, "rate this book four out of five")];

    [OneTimeSetUp]
    public async Task Load() => _model = await StarterModel.LoadAsync();

    [OneTimeTearDown]
    public void Unload() => _model.Dispose();

    protected override IChatClient CreateClient() => _model.AsIChatClient();
}
