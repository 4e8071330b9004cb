using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>A tool that a model may call.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="Parameters">The schema of its arguments, which are an object; an undefined element is a tool without parameters.</param>
internal readonly record struct ToolDeclaration(string Name, JsonElement Parameters);
