using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Metadata for clients whose inner client has none: Semantic Kernel does not accept a client without.</summary>
internal static class DefaultMetadata
{
    private static readonly ChatClientMetadata Instance = new("heteroagent");

    public static object? For(Type serviceType, object? serviceKey) =>
        serviceKey is null && serviceType == typeof(ChatClientMetadata) ? Instance : null;
}
