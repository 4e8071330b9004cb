using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>Keeps the plans of response formats and tools for as long as their callers keep these. Thread-safe.</summary>
internal sealed class ExtractionPlanCache(ExtractionSchema schema)
{
    private readonly ConditionalWeakTable<object, Entry> _plans = [];

    internal ExtractionPlan Get(ChatOptions? options)
    {
        // Options, and the list of tools with them, are cloned on their way through decorators; the tools themselves are not.
        object? key = options?.ToolMode is not NoneChatToolMode && options?.Tools is { Count: > 0 } tools ? tools[0]
            : options?.ResponseFormat is ChatResponseFormatJson { Schema: not null } format ? format
            : null;
        if (key is null)
        {
            return ExtractionPlan.Create(schema, options);
        }

        if (_plans.TryGetValue(key, out Entry? entry) && entry.Serves(options!))
        {
            return entry.Plan;
        }

        ExtractionPlan plan = ExtractionPlan.Create(schema, options);
        _plans.AddOrUpdate(key, new Entry(plan, options!));
        return plan;
    }

    /// <summary>Another list may begin with the same tool, and the tool mode belongs to the call.</summary>
    private sealed class Entry(ExtractionPlan plan, ChatOptions options)
    {
        private readonly AITool[] _tools = [.. options.Tools ?? []];
        private readonly ChatToolMode? _mode = options.ToolMode;

        internal ExtractionPlan Plan => plan;

        internal bool Serves(ChatOptions other) => Equals(_mode, other.ToolMode) && _tools.SequenceEqual(other.Tools ?? []);
    }
}
