using System.Text.Json;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>One request for a structured answer.</summary>
/// <param name="Id">Names the case; unique within a file.</param>
/// <param name="Set">The kind of work, over which medians are taken.</param>
/// <param name="System">The instructions; none where it is empty.</param>
/// <param name="User">The request, which is also what spans are taken from.</param>
/// <param name="Schema">The JSON schema of the answer.</param>
internal sealed record StructuredCase(string Id, string Set, string System, string User, JsonElement Schema)
{
    internal const string OwnSet = "cases";

    internal ChatMessage[] Messages() => System.Length == 0
        ? [new(ChatRole.User, User)]
        : [new(ChatRole.System, System), new(ChatRole.User, User)];
}
