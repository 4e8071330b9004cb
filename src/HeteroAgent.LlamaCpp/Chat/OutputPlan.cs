using System.Text;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>What the answer of a request must look like: free text, a document of a schema, one of a few documents, or a tool call.</summary>
internal sealed class OutputPlan
{
    private HashSet<string> _names = [];

    internal IReadOnlyList<AIFunctionDeclaration> OfferedTools { get; private init; } = [];

    internal ITokenConstraint? Constraint { get; private init; }

    internal IReadOnlyList<string>? Choices { get; private init; }

    internal IReadOnlyList<int[]>? ChoiceTokens { get; private init; }

    internal static OutputPlan Create(LlamaModel model, IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        _ = (model, messages, options);
        return new OutputPlan();
    }

    internal void CheckTokenLimit(int? maxTokens) => _ = maxTokens;

    internal bool MayBeCall(StringBuilder text) => _names.Count > 0 && text.Length == 0;

    internal List<FunctionCallContent>? ParseCalls(string text) => _names.Count == 0 ? null : ToolPrompt.Parse(text, _names);
}
internal abstract class TriggeredConstraint : ITokenConstraint { public abstract bool IsComplete{get;} public abstract bool MustEnd{get;} public abstract bool IsFree{get;} public abstract bool Accepts(int t,int r); public abstract void FillMask(Span<ulong> m,int r); public abstract void Advance(int t); }
