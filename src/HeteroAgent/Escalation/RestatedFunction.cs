using System.Text.Json;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>A function under another statement of its parameters; it still can be invoked and still answers for the services of the original.</summary>
internal sealed class RestatedFunction(AIFunction inner, JsonElement schema) : DelegatingAIFunction(inner)
{
    public override JsonElement JsonSchema => schema;
}
