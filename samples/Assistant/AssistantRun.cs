using HeteroAgent;
using HeteroAgent.LlamaCpp;
using HeteroAgent.Starter;
using Microsoft.Extensions.AI;

namespace Assistant;

/// <summary>Loads what the options name and runs it.</summary>
internal static class AssistantRun
{
    public static async Task<int> RunAsync(AssistantOptions options, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> specialist = options.Model is { } named && !options.Generate ? [named] : StarterModel.Paths;
        using ExtractiveModel model = await ExtractiveModel.LoadAsync(specialist, options: null, cancellationToken);
        ToolCatalog tools = new(model.Tools);
        if (options.Calibrate is { } data)
        {
            return await CalibrateAsync(model, tools, data, options.Out!, cancellationToken);
        }

        double threshold = options.Threshold ?? StarterModel.EscalationThreshold;
        IReadOnlyList<LabeledRequest> requests = LabeledRequest.Load(options.Data, options.Limit);
        using IChatClient frontier = Frontiers.Create(options, requests);
        if (options.Interactive)
        {
            using LlamaModel? chat = options.Generate ? await LlamaModel.LoadAsync(options.Model!, cancellationToken: cancellationToken) : null;
            await InteractiveSession.RunAsync(chat?.AsIChatClient() ?? model.AsIChatClient(), frontier, tools, threshold, cancellationToken);
            return 0;
        }

        List<Summary> summaries = [await EvaluateAsync(model.Name, model.AsIChatClient(), frontier, requests, tools, threshold, options, cancellationToken)];
        if (options.Generate)
        {
            using LlamaModel chat = await LlamaModel.LoadAsync(options.Model!, cancellationToken: cancellationToken);
            summaries.Add(await EvaluateAsync(chat.Name, chat.AsIChatClient(), frontier, requests, tools, threshold, options, cancellationToken));
        }

        Report.Write(summaries, options.IsRecorded, Frontiers.Describe(options));
        if (options.Json is { } file)
        {
            await File.WriteAllTextAsync(file, summaries[0].ToJsonText(options.Details, summaries.Skip(1)), cancellationToken);
        }

        return 0;
    }

    private static async Task<Summary> EvaluateAsync(string name, IChatClient local, IChatClient frontier, IReadOnlyList<LabeledRequest> requests, ToolCatalog tools, double threshold, AssistantOptions options, CancellationToken cancellationToken)
    {
        Ledger ledger = new();
        Evaluation evaluation = new(local, frontier, tools, threshold, ledger);
        IReadOnlyList<Outcome> outcomes = await Report.WithProgressAsync(name, requests.Count, progress => evaluation.RunAsync(requests, progress, cancellationToken));
        LedgerSnapshot spent = ledger.GetSnapshot();
        FrontierRun alone = options.IsRecorded || options.FrontierAll
            ? await FrontierRun.AskAllAsync(frontier, requests, tools, ledger.Prices, cancellationToken)
            : FrontierRun.FromEscalated(outcomes, spent);
        return new Summary(name, Frontiers.Describe(options), outcomes, alone, spent.UnpricedCalls > 0 ? null : spent.Cost / outcomes.Count * 1000, threshold);
    }

    private static async Task<int> CalibrateAsync(ExtractiveModel model, ToolCatalog tools, string data, string file, CancellationToken cancellationToken)
    {
        IReadOnlyList<LabeledRequest> requests = LabeledRequest.Load(data, limit: null);
        using RecordedFrontier frontier = new("none", []);
        Evaluation evaluation = new(model.AsIChatClient(), frontier, tools, threshold: 0, new Ledger());
        IReadOnlyList<Outcome> outcomes = await Report.WithProgressAsync("calibrating", requests.Count, progress => evaluation.RunAsync(requests, progress, cancellationToken));
        (double, bool)[] calls = [.. outcomes.Select(o => (o.Confidence, o.LocalIsExact))];
        double threshold = Calibration.Choose(calls);
        await File.WriteAllTextAsync(file, Calibration.Write(calls, threshold, model.Name, Path.GetFileName(data)), cancellationToken);
        Console.WriteLine(FormattableString.Invariant($"threshold {threshold:0.0000}, written to {file}"));
        return 0;
    }
}
