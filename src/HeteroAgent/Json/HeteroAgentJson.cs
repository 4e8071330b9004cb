using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>JSON of what this library records on answers, without reflection.</summary>
/// <remarks>
/// <see cref="AIJsonUtilities.DefaultOptions"/> writes the records by reflection. Where that is off (native AOT, trimming), give a cache these options:
/// <c>new DistributedCachingChatClient(inner, cache) { JsonSerializerOptions = HeteroAgentJson.Options }</c>.
/// Either form is read back by the same methods, such as <see cref="ChatResponseConfidenceExtensions.GetConfidence(ChatResponse)"/>.
/// </remarks>
public static class HeteroAgentJson
{
    /// <summary>Gets a resolver of the records' types, to add to options of your own.</summary>
    public static IJsonTypeInfoResolver TypeInfoResolver => HeteroAgentJsonContext.Default;

    /// <summary>Gets <see cref="AIJsonUtilities.DefaultOptions"/> with the records' types added. Read-only, and safe to share between threads.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    private static JsonSerializerOptions Create()
    {
        JsonSerializerOptions options = new(AIJsonUtilities.DefaultOptions);
        options.TypeInfoResolverChain.Insert(0, HeteroAgentJsonContext.Default);
        options.MakeReadOnly();
        return options;
    }
}
