using HeteroAgent;
using HeteroAgent.LlamaCpp;
using HeteroAgent.Onnx;
using HeteroAgent.Starter;
using Microsoft.Extensions.AI;

namespace SupportDesk;

/// <summary>Opens the desk that the options name and has it answer.</summary>
internal static class SupportDeskRun
{
    public static async Task<int> RunAsync(SupportDeskOptions options, CancellationToken cancellationToken)
    {
        IReadOnlyList<SupportQuestion> script = SupportQuestion.LoadScript();
        using LlamaModel? model = options.Local is { } file ? await LlamaModel.LoadAsync(file, cancellationToken: cancellationToken) : null;
        using IChatClient local = model?.AsIChatClient() ?? Models.ScriptedLocal(script);
        using IChatClient frontier = Models.Frontier(options, script);
        using DeskDocuments documents = await DeskDocuments.OpenAsync(options, cancellationToken);
        Ledger ledger = new();
        using ProcessVerifier? trained = File.Exists(StarterVerifier.Path) ? StarterVerifier.Load() : null;
        Desk desk = new(local, frontier, documents.Retriever, new DeskVerifier(trained), ledger);
        Report report = new(Console.Out);
        report.Opening(options, documents.Description, model?.Name, trained is null ? "the desk's own rules" : "the desk's own rules and the trained verifier of HeteroAgent.Starter");
        IEnumerable<SupportQuestion> questions = options.Question is { } own ? [new("Your question", own, Streamed: false, "", "")] : script;
        foreach (SupportQuestion question in questions)
        {
            IReadOnlyList<RetrievedPassage> passages = await desk.FindAsync(question.Question, cancellationToken);
            report.Question(question, passages);
            if (question.Streamed)
            {
                await report.StreamAsync(desk.StreamAsync(question.Question, cancellationToken));
            }
            else
            {
                report.Answer(await desk.AskAsync(question.Question, cancellationToken));
            }
        }

        report.Ledger(ledger.GetSnapshot(), options);
        return 0;
    }
}
