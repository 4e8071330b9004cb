using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>All cases on one model that writes its answers.</summary>
/// <param name="path">The model.</param>
/// <param name="options">What to measure.</param>
/// <param name="node">The peer, or null.</param>
/// <param name="validity">Checks the outputs.</param>
internal sealed class ModelMeasurement(string path, StructuredOptions options, NodeProcess? node, Validity validity)
{
    internal string Model { get; } = Path.GetFileName(path);

    /// <summary>The outcome of sixteen requests at once; null before <see cref="RunAsync"/> or where the prompts do not stay in the cache.</summary>
    internal ConcurrentResult? Concurrent { get; private set; }

    internal async Task<IReadOnlyList<ResultRow>> RunAsync(IReadOnlyList<StructuredCase> cases)
    {
        LlamaModel weights = await ModelLoading.LoadAsync(path, options.Threads).ConfigureAwait(false);
        await using (weights.ConfigureAwait(false))
        {
            GrammarTexts grammars = new(node);
            LlamaSharpModel peer = new(weights, options.Threads, grammars);
            List<IContender> contenders =
            [
                new EngineContender(path, options.Threads, isolated: true),
                new RawContender(weights, options.Threads, new GrammarSamplers(weights, grammars)),
                new RawContender(weights, options.Threads, grammars: null),
                new EngineContender(path, options.Threads, isolated: false),
                new ExecutorContender(peer),
                new ConversationContender(peer),
            ];
            if (node is not null)
            {
                await node.AskAsync(new() { ["op"] = "load", ["model"] = path, ["contextSize"] = ModelLoading.ContextLength }).ConfigureAwait(false);
                contenders.Insert(1, new NodeContender(node));
            }

            try
            {
                // Compiles every path of the code once.
                CaseMeasurement warmUp = new(contenders, rounds: 1);
                foreach (StructuredCase @case in EmbeddedCases.Create())
                {
                    await warmUp.MeasureAsync(ToRequest(weights, @case)).ConfigureAwait(false);
                }

                List<ResultRow> rows = await MeasureAsync(weights, contenders, grammars, cases).ConfigureAwait(false);
                Console.Error.WriteLine($"{Model}: {ConcurrentMeasurement.Requests} at once");
                Concurrent = await ConcurrentMeasurement.RunAsync(path, weights, options).ConfigureAwait(false);
                return rows;
            }
            finally
            {
                foreach (IContender contender in contenders)
                {
                    await contender.DisposeAsync().ConfigureAwait(false);
                }
            }
        }
    }

    private async Task<List<ResultRow>> MeasureAsync(LlamaModel weights, List<IContender> contenders, GrammarTexts grammars, IReadOnlyList<StructuredCase> cases)
    {
        CaseMeasurement measurement = new(contenders, options.Rounds);
        List<ResultRow> rows = [];
        foreach (StructuredCase @case in cases)
        {
            Console.Error.WriteLine($"{Model}: {rows.Count + 1} of {cases.Count}, {@case.Id}");
            Request request = ToRequest(weights, @case);
            ResultRow row = new(@case.Id, @case.Set, Model, request.Prompt.Count, await measurement.MeasureAsync(request).ConfigureAwait(false)) { HasBorrowedGrammar = grammars.IsBorrowed(request) };
            foreach (ContenderResult result in row.Results.Values.Where(r => r.Last is not null))
            {
                result.Valid = await validity.CheckAsync(request, result.Last!.Output).ConfigureAwait(false);
                result.Spans = validity.CheckSpans(request, result.Last.Output, result.Valid);
            }

            rows.Add(row);
        }

        return rows;
    }

    private Request ToRequest(LlamaModel model, StructuredCase @case)
    {
        LlamaPrompt prompt = model.RenderPrompt(@case.Messages());
        return new Request(@case, prompt.TokenIds, options.MaxTokens) { PromptText = prompt.Text };
    }
}
