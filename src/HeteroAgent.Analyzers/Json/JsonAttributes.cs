using Microsoft.CodeAnalysis;

namespace HeteroAgent.Analyzers.Json;

/// <summary>The attributes of System.Text.Json that decide who fills a member.</summary>
internal static class JsonAttributes
{
    public static bool HasConverter(ISymbol symbol) => All(symbol, "JsonConverterAttribute", inherit: true).Any();

    public static bool IsPolymorphic(ITypeSymbol type) => DerivedTypes(type).Any() || All(type, "JsonPolymorphicAttribute").Any();

    public static IEnumerable<ITypeSymbol> DerivedTypes(ITypeSymbol type) =>
        All(type, "JsonDerivedTypeAttribute").Select(a => a.ConstructorArguments.FirstOrDefault()).Where(a => a.Kind == TypedConstantKind.Type).Select(a => a.Value).OfType<ITypeSymbol>();

    public static bool IsIncluded(ISymbol member) => All(member, "JsonIncludeAttribute").Any();

    public static bool IsConstructor(IMethodSymbol constructor) => All(constructor, "JsonConstructorAttribute").Any();

    /// <summary>Whether a member is never read: ignored always, or where what no other member takes is collected.</summary>
    public static bool IsIgnored(ISymbol member) => All(member, "JsonExtensionDataAttribute").Any() || All(member, "JsonIgnoreAttribute").Any(IsAlways);

    /// <summary>Whether the member's present value is filled instead of replaced.</summary>
    public static bool IsPopulated(ISymbol member) => All(member, "JsonObjectCreationHandlingAttribute").Any(a => a.ConstructorArguments.FirstOrDefault().Value is 1);

    // JsonIgnoreCondition: Never 0, Always 1, WhenWritingDefault 2, WhenWritingNull 3, WhenWriting 4, WhenReading 5.
    private static bool IsAlways(AttributeData attribute) =>
        attribute.NamedArguments.Where(n => n.Key == "Condition").Select(n => n.Value.Value).DefaultIfEmpty(1).Single() is 1 or 5;

    private static IEnumerable<AttributeData> All(ISymbol symbol, string name, bool inherit = false) =>
        symbol.GetAttributes().Where(a => Is(a.AttributeClass, name, inherit));

    private static bool Is(INamedTypeSymbol? type, string name, bool inherit)
    {
        for (; type is not null; type = inherit ? type.BaseType : null)
        {
            if (type.Name == name && type.ContainingNamespace?.ToDisplayString() == "System.Text.Json.Serialization")
            {
                return true;
            }
        }

        return false;
    }
}
