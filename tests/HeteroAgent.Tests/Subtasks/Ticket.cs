using System.Text.Json.Serialization;

namespace HeteroAgent.Tests;

public enum Urgency
{
    Low,
    High,
}

public sealed record Ticket([property: Span] string Product, Urgency Urgency, int? OrderNumber = null, [property: Span] string? Customer = null);

public sealed record Tree(string Name, IReadOnlyList<Tree> Children);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Ticket))]
[JsonSerializable(typeof(string))]
internal sealed partial class TicketContext : JsonSerializerContext;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Ticket))]
[JsonSerializable(typeof(string))]
internal sealed partial class NumericEnumContext : JsonSerializerContext;
