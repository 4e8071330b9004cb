using Microsoft.CodeAnalysis;

namespace HeteroAgent.Analyzers.Json;

/// <summary>The collections that System.Text.Json fills, and what they hold.</summary>
internal static class JsonCollections
{
    private static readonly HashSet<string> FilledInterfaces =
    [
        "System.Collections.IEnumerable", "System.Collections.ICollection", "System.Collections.IList", "System.Collections.IDictionary",
        "System.Collections.Generic.IEnumerable`1", "System.Collections.Generic.ICollection`1", "System.Collections.Generic.IList`1",
        "System.Collections.Generic.IReadOnlyCollection`1", "System.Collections.Generic.IReadOnlyList`1", "System.Collections.Generic.ISet`1",
        "System.Collections.Generic.IDictionary`2", "System.Collections.Generic.IReadOnlyDictionary`2",
        "System.Collections.Immutable.IImmutableList`1", "System.Collections.Immutable.IImmutableQueue`1", "System.Collections.Immutable.IImmutableStack`1",
        "System.Collections.Immutable.IImmutableSet`1", "System.Collections.Immutable.IImmutableDictionary`2",
    ];

    private static readonly HashSet<string> FilledImmutables =
    [
        "System.Collections.Immutable.ImmutableArray`1", "System.Collections.Immutable.ImmutableList`1", "System.Collections.Immutable.ImmutableQueue`1",
        "System.Collections.Immutable.ImmutableStack`1", "System.Collections.Immutable.ImmutableHashSet`1", "System.Collections.Immutable.ImmutableSortedSet`1",
        "System.Collections.Immutable.ImmutableDictionary`2", "System.Collections.Immutable.ImmutableSortedDictionary`2",
    ];

    private static readonly HashSet<string> FilledBases =
    [
        "System.Collections.Generic.Stack`1", "System.Collections.Generic.Queue`1", "System.Collections.Concurrent.ConcurrentStack`1", "System.Collections.Concurrent.ConcurrentQueue`1",
        "System.Collections.Generic.ICollection`1", "System.Collections.Generic.IDictionary`2", "System.Collections.IList", "System.Collections.IDictionary",
        "System.Collections.Stack", "System.Collections.Queue",
    ];

    /// <summary>Gets the key and value of a dictionary.</summary>
    public static bool IsDictionary(ITypeSymbol type, out ITypeSymbol? key, out ITypeSymbol? value)
    {
        INamedTypeSymbol? dictionary = Find(type, "System.Collections.Generic.IDictionary`2") ?? Find(type, "System.Collections.Generic.IReadOnlyDictionary`2");
        (key, value) = (dictionary?.TypeArguments[0], dictionary?.TypeArguments[1]);
        return dictionary is not null || Find(type, "System.Collections.IDictionary") is not null;
    }

    /// <summary>Gets the elements of a list, a set or another collection.</summary>
    public static bool IsCollection(ITypeSymbol type, out ITypeSymbol? element)
    {
        if (JsonScalars.Name(type) is "System.Memory`1" or "System.ReadOnlyMemory`1")
        {
            element = ((INamedTypeSymbol)type).TypeArguments[0];
            return true;
        }

        element = Find(type, "System.Collections.Generic.IEnumerable`1")?.TypeArguments[0];
        return element is not null || Find(type, "System.Collections.IEnumerable") is not null;
    }

    /// <summary>Whether a collection or dictionary of this type can be made and added to.</summary>
    public static bool IsFilled(ITypeSymbol type)
    {
        string name = JsonScalars.Name(type.OriginalDefinition);
        if (type.TypeKind == TypeKind.Interface)
        {
            return FilledInterfaces.Contains(name);
        }

        return name is "System.Memory`1" or "System.ReadOnlyMemory`1" || FilledImmutables.Contains(name)
            || (!type.IsAbstract && HasParameterlessConstructor(type) && FilledBases.Any(b => Find(type, b) is not null));
    }

    private static bool HasParameterlessConstructor(ITypeSymbol type) =>
        type.IsValueType || (type as INamedTypeSymbol)?.InstanceConstructors.Any(c => c.Parameters.IsEmpty && c.DeclaredAccessibility == Accessibility.Public) == true;

    /// <summary>Finds a type among a type, its bases and its interfaces.</summary>
    private static INamedTypeSymbol? Find(ITypeSymbol type, string name)
    {
        for (ITypeSymbol? t = type; t is not null; t = t.BaseType)
        {
            if (t is INamedTypeSymbol named && JsonScalars.Name(named) == name)
            {
                return named;
            }
        }

        return type.AllInterfaces.FirstOrDefault(i => JsonScalars.Name(i) == name);
    }
}
