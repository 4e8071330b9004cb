using Microsoft.CodeAnalysis;

namespace HeteroAgent.Analyzers.Json;

/// <summary>Says whether System.Text.Json fills a type from JSON by its default rules.</summary>
internal sealed class JsonFill
{
    private const int MaxDepth = 64;

    // A generic type that refers to ever larger instances of itself has no end.
    private const int MaxTypes = 1_000;

    private const string Polymorphic = "add [JsonDerivedType] for each derived type, or use a concrete type";
    private readonly HashSet<ITypeSymbol> _seen = new(SymbolEqualityComparer.Default);

    private JsonFill()
    {
    }

    /// <summary>Finds the first part of a type that cannot be filled, or <see langword="null"/>.</summary>
    public static UnfillableMember? Find(ITypeSymbol type) => new JsonFill().Check(type, Display(type), 0);

    private UnfillableMember? Check(ITypeSymbol type, string path, int depth)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            type = nullable.TypeArguments[0];
        }

        if (depth > MaxDepth || _seen.Count > MaxTypes || type.TypeKind is TypeKind.Error or TypeKind.TypeParameter or TypeKind.Dynamic || JsonScalars.Reads(type) || JsonAttributes.HasConverter(type) || !_seen.Add(type))
        {
            return null;
        }

        if (JsonScalars.Substitute(type) is { } substitute)
        {
            return new(path, $"System.Text.Json does not read {Display(type)}", substitute);
        }

        return type switch
        {
            IArrayTypeSymbol { Rank: > 1 } => new(path, "System.Text.Json does not read multi-dimensional arrays", "use an array of arrays"),
            IArrayTypeSymbol array => CheckElement(array.ElementType, path, depth),
            INamedTypeSymbol named when JsonCollections.IsDictionary(named, out ITypeSymbol? key, out ITypeSymbol? value) => CheckDictionary(named, key, value, path, depth),
            INamedTypeSymbol named when JsonCollections.IsCollection(named, out ITypeSymbol? element) => CheckCollection(named, element, path, depth),
            INamedTypeSymbol named => CheckObject(named, path, depth),
            _ => null,
        };
    }

    private UnfillableMember? CheckDictionary(INamedTypeSymbol type, ITypeSymbol? key, ITypeSymbol? value, string path, int depth)
    {
        if (key is not null && !JsonScalars.ReadsKey(key) && !JsonAttributes.HasConverter(key))
        {
            return new(path, $"{Display(key)} cannot be the name of a JSON property", "use string, an enum, a number, Guid or a date as the key");
        }

        return JsonCollections.IsFilled(type)
            ? value is null ? null : CheckElement(value, path, depth)
            : new(path, $"{Display(type)} cannot be made and added to", "use Dictionary or IReadOnlyDictionary");
    }

    private UnfillableMember? CheckCollection(INamedTypeSymbol type, ITypeSymbol? element, string path, int depth) =>
        JsonCollections.IsFilled(type)
            ? element is null ? null : CheckElement(element, path, depth)
            : new(path, $"{Display(type)} cannot be made and added to", "use an array, List or IReadOnlyList");

    private UnfillableMember? CheckElement(ITypeSymbol element, string path, int depth) =>
        Check(element, depth == 0 ? Display(element) : path + "[]", depth + 1);

    private UnfillableMember? CheckObject(INamedTypeSymbol type, string path, int depth)
    {
        UnfillableMember? derived = JsonAttributes.DerivedTypes(type).Select(d => Check(d, $"{path}({Display(d)})", depth + 1)).FirstOrDefault(m => m is not null);
        if (derived is not null || (type.IsAbstract && JsonAttributes.IsPolymorphic(type)))
        {
            return derived;
        }

        if (type.IsAbstract)
        {
            string kind = type.TypeKind == TypeKind.Interface ? "an interface" : "an abstract class";
            return new(path, $"{Display(type)} is {kind} without [JsonDerivedType]", Polymorphic);
        }

        if (JsonScalars.Name(type) == "System.Collections.Generic.KeyValuePair`2")
        {
            return Check(type.TypeArguments[0], path + ".Key", depth + 1) ?? Check(type.TypeArguments[1], path + ".Value", depth + 1);
        }

        IMethodSymbol? constructor = JsonMembers.Constructor(type);
        if (constructor is null)
        {
            return new(path, $"{Display(type)} has no constructor that can be chosen", "give it one public constructor, or mark one with [JsonConstructor]");
        }

        List<ISymbol> members = [.. JsonMembers.All(type)];
        if (constructor.Parameters.FirstOrDefault(p => !members.Any(m => JsonMembers.Names(p, m))) is { } stray)
        {
            return new(path, $"the constructor's parameter '{stray.Name}' has no property of its name", "add the property, or mark another constructor with [JsonConstructor]");
        }

        List<ISymbol> filled = [.. members.Where(m => !JsonAttributes.IsIgnored(m) && JsonMembers.IsFilled(m, constructor))];
        if (filled.Count == 0 && members.All(m => !JsonAttributes.IsIgnored(m)) && JsonMembers.HasState(type))
        {
            return type.IsTupleType
                ? new(path, "the elements of a tuple are fields, which are not read", "use a record")
                : new(path, $"{Display(type)} has no property that can be set and no constructor that takes its values", "use properties with a setter, or a record");
        }

        return filled.Where(m => !JsonAttributes.HasConverter(m)).Select(m => Check(JsonMembers.TypeOf(m), $"{path}.{m.Name}", depth + 1)).FirstOrDefault(m => m is not null);
    }

    private static string Display(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
}
