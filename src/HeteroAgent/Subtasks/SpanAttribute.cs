namespace HeteroAgent;

/// <summary>Marks a string of a subtask's result as a span: its value must occur, character by character, in the input. A model cannot invent it.</summary>
/// <remarks>It puts <c>"x-span": true</c> on the property's schema (for a collection of strings, on its items'). On a property of another type it is refused.</remarks>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class SpanAttribute : Attribute;
