using Microsoft.CodeAnalysis;

namespace HeteroAgent.Analyzers.Json;

/// <summary>The constructor and the members by which System.Text.Json fills an object.</summary>
internal static class JsonMembers
{
    /// <summary>Finds the constructor that is called: the marked one, the one without parameters, else the only one; <see langword="null"/> where there is no such.</summary>
    public static IMethodSymbol? Constructor(INamedTypeSymbol type)
    {
        List<IMethodSymbol> open = [.. type.InstanceConstructors.Where(c => c.DeclaredAccessibility == Accessibility.Public)];
        return type.InstanceConstructors.FirstOrDefault(JsonAttributes.IsConstructor)
            ?? open.FirstOrDefault(c => c.Parameters.IsEmpty)
            ?? (open.Count == 1 ? open[0] : null);
    }

    /// <summary>Gets the public and the included properties and fields of a type and its bases; an overriding member hides the overridden one.</summary>
    public static IEnumerable<ISymbol> All(INamedTypeSymbol type)
    {
        HashSet<string> seen = [];
        for (INamedTypeSymbol? t = type; t is not null && t.SpecialType is not (SpecialType.System_Object or SpecialType.System_ValueType); t = t.BaseType)
        {
            foreach (ISymbol member in t.GetMembers().Where(IsMember))
            {
                if (seen.Add(member.Name))
                {
                    yield return member;
                }
            }
        }
    }

    public static ITypeSymbol TypeOf(ISymbol member) => member is IPropertySymbol property ? property.Type : ((IFieldSymbol)member).Type;

    /// <summary>Whether a member is filled: by its setter, or by the parameter of its name.</summary>
    public static bool IsFilled(ISymbol member, IMethodSymbol? constructor) => constructor?.Parameters.Any(p => Names(p, member)) == true || member switch
    {
        IPropertySymbol { SetMethod: { } setter } => setter.DeclaredAccessibility == Accessibility.Public || JsonAttributes.IsIncluded(member),
        IFieldSymbol field => !field.IsReadOnly,
        _ => false,
    } || JsonAttributes.IsPopulated(member);

    public static bool Names(IParameterSymbol parameter, ISymbol member) => string.Equals(parameter.Name, member.Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether an object of the type has something to fill: fields of its own, or, where its fields are not known, properties.</summary>
    public static bool HasState(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? t = type; t is not null && t.SpecialType is not (SpecialType.System_Object or SpecialType.System_ValueType); t = t.BaseType)
        {
            bool isSource = t.Locations.Any(l => l.IsInSource);
            if (t.GetMembers().Any(m => m is IFieldSymbol { IsStatic: false } || (!isSource && m is IPropertySymbol { IsStatic: false, DeclaredAccessibility: Accessibility.Public, IsIndexer: false })))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsMember(ISymbol member) => !member.IsStatic && !member.IsImplicitlyDeclared && member switch
    {
        IPropertySymbol property => !property.IsIndexer && (property.DeclaredAccessibility == Accessibility.Public || JsonAttributes.IsIncluded(property)),
        IFieldSymbol field => JsonAttributes.IsIncluded(field),
        _ => false,
    };
}
