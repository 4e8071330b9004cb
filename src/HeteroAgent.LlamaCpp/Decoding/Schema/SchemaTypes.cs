namespace HeteroAgent.LlamaCpp;

/// <summary>The types of JSON values that a schema allows. Integers are apart from other numbers.</summary>
[Flags]
internal enum SchemaTypes
{
    None = 0,
    Null = 1,
    Boolean = 2,
    Integer = 4,
    Fraction = 8,
    String = 16,
    Array = 32,
    Object = 64,
    Number = Integer | Fraction,
    All = Null | Boolean | Number | String | Array | Object,
}
