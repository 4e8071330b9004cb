using System.Text;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>What the answer of a request must look like: free text, a document of a schema, one of a few documents, or a tool call.</summary>
internal sealed class OutputPlan
{
    // More calls at once than anybody means.
    private const int MostCalls = 16;

    private readonly HashSet<string> _names;

    private OutputPlan(IReadOnlyList<AIFunctionDeclaration> tools)
    {
        OfferedTools = tools;
        _names = [.. tools.Select(t => t.Name)];
    }

    /// <summary>The tools that the prompt describes.</summary>
    internal IReadOnlyList<AIFunctionDeclaration> OfferedTools { get; }

    internal ITokenConstraint? Constraint { get; private init; }

    /// <summary>The documents to choose from, where they are few.</summary>
    internal IReadOnlyList<string>? Choices { get; private init; }

    internal IReadOnlyList<int[]>? ChoiceTokens { get; private init; }

    /// <summary>Whether the whole answer follows a grammar, so that stop sequences do not apply.</summary>
    internal bool IsStructured => Constraint is GrammarConstraint || Choices is not null;

    /// <exception cref="JsonSchemaException">A schema is impossible or not supported.</exception>
    /// <exception cref="ArgumentException">The tool mode asks for a tool that is not offered.</exception>
    internal static OutputPlan Create(LlamaModel model, IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        List<AIFunctionDeclaration> tools = Tools(options);
        JsonGrammar? format = options?.ResponseFormat is ChatResponseFormatJson json
            ? json.Schema is { } schema ? JsonGrammar.Compile(schema) : JsonGrammar.AnyObject
            : null;
        string spanSource = SpanSource(messages, options);
        if (tools.Count > 0)
        {
            GrammarState call = Calls(tools, options!).CreateState(model.TokenVocabulary, spanSource);
            ITokenConstraint constraint = options!.ToolMode is RequiredChatToolMode ? new GrammarConstraint(call)
                : format is not null ? new GrammarConstraint(call, format.CreateState(model.TokenVocabulary, spanSource))
                : new TriggeredConstraint(model.Vocabulary, new GrammarConstraint(call));
            return new OutputPlan(tools) { Constraint = constraint };
        }

        if (format is null)
        {
            return new OutputPlan([]);
        }

        ChoiceTokens choices = LlamaCpp.ChoiceTokens.Of(format, model.Vocabulary);
        return choices.Documents is null
            ? new OutputPlan([]) { Constraint = new GrammarConstraint(format.CreateState(model.TokenVocabulary, spanSource)) }
            : new OutputPlan([]) { Choices = choices.Documents, ChoiceTokens = choices.Tokens };
    }

    /// <summary>Refuses a token limit under which no answer of the required form can be completed.</summary>
    internal void CheckTokenLimit(int? maxTokens)
    {
        int needed = ChoiceTokens?.Min(c => c.Length) ?? (Constraint as GrammarConstraint)?.Minimum ?? 1;
        if (maxTokens < needed)
        {
            throw new ArgumentOutOfRangeException(nameof(maxTokens), maxTokens, $"The shortest answer that the schema allows may need {needed} tokens; MaxOutputTokens must be at least that.");
        }
    }

    /// <summary>Whether text that is still being written may turn out to be a tool call.</summary>
    internal bool MayBeCall(StringBuilder text)
    {
        for (int i = 0; _names.Count > 0 && i < text.Length; i++)
        {
            if (!char.IsWhiteSpace(text[i]))
            {
                return text[i] is '{' or '[';
            }
        }

        return _names.Count > 0;
    }

    /// <summary>The calls that a finished text makes, or null where it makes none.</summary>
    internal List<FunctionCallContent>? ParseCalls(string text) => _names.Count == 0 ? null : ToolPrompt.Parse(text, _names);

    private static JsonGrammar Calls(IReadOnlyList<AIFunctionDeclaration> tools, ChatOptions options)
    {
        ToolDeclaration[] declarations = [.. tools.Select(t => new ToolDeclaration(t.Name, t.JsonSchema))];
        return options.AllowMultipleToolCalls == true ? ToolCallGrammar.Many(declarations, MostCalls) : ToolCallGrammar.One(declarations);
    }

    private static List<AIFunctionDeclaration> Tools(ChatOptions? options)
    {
        List<AIFunctionDeclaration> tools = [.. (options?.Tools ?? []).Select(t => t.GetService<AIFunctionDeclaration>()).OfType<AIFunctionDeclaration>()];
        switch (options?.ToolMode)
        {
            case NoneChatToolMode:
                return [];
            case RequiredChatToolMode { RequiredFunctionName: { } name }:
                tools.RemoveAll(t => t.Name != name);
                return tools.Count > 0 ? tools : throw new ArgumentException($"The tool mode requires the tool \"{name}\", which is not among the tools offered: {string.Join(", ", (options.Tools ?? []).Select(t => t.Name))}.", nameof(options));
            case RequiredChatToolMode when tools.Count == 0:
                throw new ArgumentException("The tool mode requires a tool, and none is offered.", nameof(options));
            default:
                return tools;
        }
    }

    private static string SpanSource(IReadOnlyList<ChatMessage> messages, ChatOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(RequestPropertyNames.SpanSource, out string? source) == true && source is not null
            ? source
            : messages.LastOrDefault(m => m.Role == ChatRole.User)?.Text ?? "";
}
