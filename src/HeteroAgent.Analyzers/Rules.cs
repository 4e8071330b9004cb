using Microsoft.CodeAnalysis;

namespace HeteroAgent.Analyzers;

/// <summary>The rules; <c>docs/diagnostics.md</c> has a section on each.</summary>
internal static class Rules
{
    private const string Category = "Reliability";
    private const string Page = "https://github.com/heteroagent/heteroagent/blob/main/docs/diagnostics.md";

    /// <summary>Arguments: the right order.</summary>
    public static readonly DiagnosticDescriptor ToolsInsideEscalation = new(
        "HETERO101",
        "Tool invocation stands inside escalation",
        "An escalated call runs its tools twice, because tool invocation stands inside escalation: {0}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A local draft that is then escalated has already run its tools, and the frontier's answer runs them again. Tool invocation belongs outside escalation.",
        Page + "#hetero101");

    /// <summary>Arguments: the member's path, why it cannot be filled, the cure.</summary>
    public static readonly DiagnosticDescriptor UnfillableOutput = new(
        "HETERO102",
        "A subtask's output cannot be filled from JSON",
        "'{0}' cannot be filled from a model's JSON: {1}; {2}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "System.Text.Json cannot read the type, or leaves it at its default value without an error.",
        Page + "#hetero102");

    /// <summary>Arguments: the MSBuild property that asks for it, a type without type information.</summary>
    public static readonly DiagnosticDescriptor MissingSerializerOptions = new(
        "HETERO103",
        "A subtask in a trimmed or native application has no serializer options",
        "{0} is set, and this subtask fails when it is created: set SubtaskOptions.SerializerOptions to the options of a JsonSerializerContext with [JsonSerializable(typeof({1}))]",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Without serializer options a subtask reads and writes its types by reflection, which trimmed and native applications do not have.",
        Page + "#hetero103");
}
