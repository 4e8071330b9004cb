using HeteroAgent.LlamaCpp;
using HeteroAgent.Starter;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>The assistant's calls by the extractive starter, which labels a request in one pass and writes nothing token by token.</summary>
internal static class StarterMeasurement
{
    private const string NotApplicable = "The starter labels the words of a request in one pass without causal attention: there is no next token, so that no grammar or raw loop can write with it.";

    internal static async Task<IReadOnlyList<ResultRow>> RunAsync(IReadOnlyList<StructuredCase> cases, StructuredOptions options, Validity validity)
    {
        using ExtractiveModel model = await StarterModel.LoadAsync(new ExtractiveModelOptions { Threads = options.Threads }).ConfigureAwait(false);
        using StarterContender contender = new(model);
        CaseMeasurement measurement = new([contender], options.Rounds);
        List<ResultRow> rows = [];
        for (int i = -1; i < cases.Count; i++)
        {
            StructuredCase @case = cases[Math.Max(0, i)];
            Request request = new(@case, model.Encode(@case.User, 0).Tokens, options.MaxTokens);
            IReadOnlyDictionary<string, ContenderResult> results = await measurement.MeasureAsync(request).ConfigureAwait(false);
            ContenderResult result = results[contender.Name];
            if (result.Last is { } last)
            {
                result.Valid = await validity.CheckAsync(request, last.Output).ConfigureAwait(false);
                result.Spans = validity.CheckSpans(request, last.Output, result.Valid);
            }

            // The first measurement compiles the code, and does not count.
            if (i >= 0)
            {
                rows.Add(new ResultRow(@case.Id, @case.Set, StructuredOptions.Starter, request.Prompt.Count, results) { NotApplicable = NotApplicable });
            }
        }

        return rows;
    }

    /// <summary>The extractive client with the schema as its response format. It keeps no prompt, so that cold and warm differ by chance alone.</summary>
    private sealed class StarterContender(ExtractiveModel model) : IContender, IDisposable
    {
        private readonly IChatClient _client = model.AsIChatClient();

        public string Name => EngineContender.Isolated;

        public Task PrepareAsync(Request request) => Task.CompletedTask;

        public async Task<Answer> AnswerAsync(Request request, bool cold)
        {
            Answer answer = await EngineContender.AskAsync(_client, request).ConfigureAwait(false);

            // What it reports as output are labels of one pass.
            return answer with { Tokens = new TokenCounts(0, Scored: answer.Tokens.Sampled) };
        }

        public void Dispose() => _client.Dispose();

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
