using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>What a leaf client answers to <see cref="IChatClient.GetService"/>: its metadata, itself and its model, and nothing under a key.</summary>
internal static class LeafServices
{
    internal static object? Find(Type serviceType, object? serviceKey, IChatClient client, ChatClientMetadata metadata, object model)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? metadata
            : serviceType.IsInstanceOfType(client) ? client
            : serviceType.IsInstanceOfType(model) ? model
            : null;
    }
}
