namespace HeteroAgent.LlamaCpp;

/// <summary>Where a metadata value lies in the bytes that were read.</summary>
/// <param name="Type">The value's type.</param>
/// <param name="ElementType">The type of an array's elements; of any other value, its own type.</param>
/// <param name="Count">An array's length; of any other value, 1.</param>
/// <param name="Start">The first byte of the value: of a string its first character, of an array its first element.</param>
/// <param name="Length">The bytes from there on.</param>
internal readonly record struct GgufValue(GgufValueType Type, GgufValueType ElementType, int Count, int Start, int Length);
