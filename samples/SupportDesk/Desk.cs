using HeteroAgent;
using Microsoft.Extensions.AI;

namespace SupportDesk;

/// <summary>The desk: two models, the bank's documents, the verifier and the ledger, composed.</summary>
internal sealed class Desk(IChatClient local, IChatClient frontier, IRetriever documents, IProcessVerifier verifier, Ledger ledger)
{
    private const string Instructions = "You answer a bank's customers from the bank's documents. Write one short step of reasoning a line, and the answer in the last line. If the documents do not say it, say that they do not.";

    private const int TopK = 6;

    private static readonly ChatOptions Options = new() { Instructions = Instructions, MaxOutputTokens = 200, Temperature = 0 };

    /// <summary>Finds the passages that bear on a question.</summary>
    public ValueTask<IReadOnlyList<RetrievedPassage>> FindAsync(string question, CancellationToken cancellationToken) =>
        documents.RetrieveAsync(question, new() { TopK = TopK }, cancellationToken);

    /// <summary>Answers a question in one piece.</summary>
    public async Task<Answer> AskAsync(string question, CancellationToken cancellationToken)
    {
        ChatResponse? draft = null;
        EscalatingChatClient cascade = local
            .WithRetrieval(documents, TopK)
            .WithVerification(verifier)
            .WithEscalation(
                frontier.WithRetrieval(documents, TopK),
                EscalateWhen.ErrorFound | EscalateWhen.ScoreBelow(0.7) | EscalateWhen.GroundingBelow(0.5) | EscalateWhen.Truncated,
                leaveOpen: true);
        cascade.OnEscalated = (context, _) =>
        {
            draft = context.Response;
            return ValueTask.CompletedTask;
        };
        ChatResponse response = await cascade.WithLedger(ledger).GetResponseAsync(question, Options, cancellationToken);
        return new(draft ?? response, response);
    }

    /// <summary>Streams an answer, each step once it is verified.</summary>
    public IAsyncEnumerable<ChatResponseUpdate> StreamAsync(string question, CancellationToken cancellationToken) => local
        .WithStepwiseEscalation(frontier, verifier, EscalateWhen.Truncated, leaveOpen: true)
        .WithRetrieval(documents, TopK)
        .WithLedger(ledger)
        .GetStreamingResponseAsync(question, Options, cancellationToken);
}
