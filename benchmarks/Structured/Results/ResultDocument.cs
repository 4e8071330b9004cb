using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>The results as JSON: one row a case and model, and the medians by set and overall.</summary>
internal static class ResultDocument
{
    internal const string Overall = "all";

    /// <summary>Whom this library is compared with.</summary>
    internal static readonly string[] Others = [NodeContender.Node, ExecutorContender.Executor, ConversationContender.Batched, RawContender.Plain, RawContender.Grammar];

    /// <summary>All whose answers are listed.</summary>
    internal static readonly string[] All = [EngineContender.Isolated, NodeContender.Node, ExecutorContender.Executor, ConversationContender.Batched, RawContender.Grammar, RawContender.Plain];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static string Create(StructuredOptions options, NodeProcess? node, Validity validity, IReadOnlyList<ResultRow> rows, IReadOnlyList<ConcurrentResult> concurrent)
    {
        JsonObject document = new()
        {
            ["benchmark"] = "structured",
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
            ["version"] = typeof(LlamaModel).Assembly.GetName().Version?.ToString(3),
            ["command"] = options.Command,
            ["machine"] = Machine.ToJson(),
            ["threads"] = options.Threads,
            ["rounds"] = options.Rounds,
            ["max_tokens"] = options.MaxTokens,
            ["peer"] = node?.Description.DeepClone(),
            ["validator"] = validity.Validator,
            ["rows"] = new JsonArray([.. rows.Select(r => (JsonNode)Row(r))]),
            ["medians"] = new JsonArray([.. Groups(rows).Select(g => (JsonNode)Medians(g.Model, g.Set, g.Rows))]),
            ["concurrent"] = new JsonArray([.. concurrent.Select(c => (JsonNode)Concurrent(c))]),
        };
        return document.ToJsonString(Indented) + "\n";
    }

    /// <summary>The rows of each model, by set and all together.</summary>
    internal static IEnumerable<(string Model, string Set, IReadOnlyList<ResultRow> Rows)> Groups(IReadOnlyList<ResultRow> rows)
    {
        foreach (IGrouping<string, ResultRow> model in rows.GroupBy(r => r.Model))
        {
            foreach (IGrouping<string, ResultRow> set in model.GroupBy(r => r.Set))
            {
                yield return (model.Key, set.Key, [.. set]);
            }

            yield return (model.Key, Overall, [.. model]);
        }
    }

    internal static JsonObject Row(ResultRow row)
    {
        JsonObject json = new() { ["id"] = row.Id, ["set"] = row.Set, ["model"] = row.Model };
        foreach (string name in All)
        {
            json[name] = row.Result(name) is { } result ? Result(row, name, result)
                : row.NotApplicable is { } reason ? new JsonObject { ["not_applicable"] = reason }
                : null;
        }

        json["ratios"] = new JsonObject(Others.Select(o => KeyValuePair.Create(o, (JsonNode?)Number(Ratios.Of(row, o, r => r.Milliseconds), 4))));
        json["cold_ratios"] = new JsonObject(Others.Select(o => KeyValuePair.Create(o, (JsonNode?)Number(Ratios.Of(row, o, r => r.ColdMilliseconds), 4))));
        json["limits"] = Limits.Of(row) is { } limits
            ? new JsonObject { ["prompt_ms"] = Number(limits.PromptMilliseconds, 2), ["sampled_ms"] = Number(limits.SampledMilliseconds, 2), ["rest_ms"] = Number(limits.RestMilliseconds, 2) }
            : null;
        return json;
    }

    private static JsonObject Result(ResultRow row, string name, ContenderResult result)
    {
        if (result.Last is not { } last)
        {
            return new JsonObject { ["error"] = result.Error };
        }

        JsonObject json = new()
        {
            ["ms"] = Number(result.Milliseconds, 2),
            ["cold_ms"] = Number(result.ColdMilliseconds, 2),
            ["prompt_tokens"] = row.PromptTokens,
            ["cached_tokens"] = last.CachedTokens,
            ["cold_cached_tokens"] = result.Cold!.CachedTokens,
            ["tokens"] = new JsonObject { ["sampled"] = last.Tokens.Sampled, ["forced"] = last.Tokens.Forced, ["drafted"] = last.Tokens.Drafted, ["scored"] = last.Tokens.Scored },
            ["output"] = last.Output,
            ["valid"] = result.Valid,
        };
        if (result.Spans is { } spans)
        {
            json["spans_in_request"] = spans;
        }

        if (name == RawContender.Grammar)
        {
            json["grammar"] = row.HasBorrowedGrammar ? "node-llama-cpp" : "json-schema-to-grammar";
        }

        if (name == EngineContender.Isolated && row.Result(EngineContender.Served)?.Milliseconds is { } served)
        {
            json["served_ms"] = Number(served, 2);
        }

        return json;
    }

    private static JsonObject Medians(string model, string set, IReadOnlyList<ResultRow> rows) => new()
    {
        ["model"] = model,
        ["set"] = set,
        ["rows"] = rows.Count,
        ["ratios"] = new JsonObject(Others.Select(o => KeyValuePair.Create(o, (JsonNode?)Number(Ratios.MedianOf(rows, o, r => r.Milliseconds), 4)))),
        ["cold_ratios"] = new JsonObject(Others.Select(o => KeyValuePair.Create(o, (JsonNode?)Number(Ratios.MedianOf(rows, o, r => r.ColdMilliseconds), 4)))),
        ["served_ratio"] = Served(rows) is { } served ? Number(served, 4) : null,
        ["valid"] = new JsonObject(All.Select(name => KeyValuePair.Create(name, (JsonNode?)rows.Count(r => r.Result(name)?.Valid == true)))),
        ["refused"] = new JsonObject(All.Select(name => KeyValuePair.Create(name, (JsonNode?)rows.Count(r => r.Result(name) is { Last: null })))),
    };

    /// <summary>How much slower the library is on a model that keeps what it likes of earlier cases, than on one that holds this case alone.</summary>
    private static double? Served(IReadOnlyList<ResultRow> rows)
    {
        double[] ratios = [.. rows.Select(r => r.Result(EngineContender.Served)?.Milliseconds / r.Result(EngineContender.Isolated)?.Milliseconds).OfType<double>()];
        return ratios.Length > 0 ? Median.Of(ratios) : null;
    }

    private static JsonObject Concurrent(ConcurrentResult result) => new()
    {
        ["model"] = result.Model,
        ["requests"] = result.Requests,
        ["sampled_per_second"] = Number(result.SampledPerSecond, 1),
        ["written_per_second"] = Number(result.WrittenPerSecond, 1),
        ["raw_sampled_per_second"] = Number(result.RawPerSecond, 1),
        ["ratio"] = Number(result.Ratio, 4),
        ["written_ratio"] = Number(result.WrittenRatio, 4),
        ["sampled_beside_forced_ratio"] = Number(result.SampledBesideForcedRatio, 4),
        ["target_at_least"] = 0.9,
        ["rounds"] = new JsonArray([.. result.Rounds.Select(r => (JsonNode)new JsonObject
        {
            ["engine_ms"] = Number(r.EngineSeconds * 1000, 1),
            ["all_sampled_ms"] = Number(r.SampledSeconds * 1000, 1),
            ["raw_ms"] = Number(r.RawSeconds * 1000, 1),
            ["positions"] = r.Positions,
            ["sampled"] = r.Tokens.Sampled,
            ["forced"] = r.Tokens.Forced,
            ["drafted"] = r.Tokens.Drafted,
            ["cached_share"] = Number(r.CachedShare, 3),
        })]),
    };

    private static JsonValue? Number(double? value, int digits) => value is { } number ? JsonValue.Create(Math.Round(number, digits)) : null;
}
