using Microsoft.CodeAnalysis;

namespace HeteroAgent.Analyzers.Json;

/// <summary>The types that System.Text.Json reads as one value, and those that it never reads.</summary>
internal static class JsonScalars
{
    private static readonly HashSet<string> Known =
    [
        "System.Guid", "System.Uri", "System.Version", "System.DateTimeOffset", "System.TimeSpan", "System.DateOnly", "System.TimeOnly", "System.Half", "System.Int128", "System.UInt128",
    ];

    private static readonly Dictionary<string, string> Refused = new()
    {
        ["System.Numerics.BigInteger"] = "use long, decimal or string",
        ["System.Numerics.Complex"] = "use a record of two numbers",
        ["System.IntPtr"] = "use long",
        ["System.UIntPtr"] = "use ulong",
        ["System.Type"] = "use string",
        ["System.IO.Stream"] = "use byte[] or string",
        ["System.Reflection.MemberInfo"] = "use string",
        ["System.Runtime.Serialization.SerializationInfo"] = "use a class of your own",
    };

    /// <summary>Whether a type is read as one value, or as any JSON.</summary>
    public static bool Reads(ITypeSymbol type) => type.TypeKind == TypeKind.Enum || type.SpecialType switch
    {
        SpecialType.System_Object or SpecialType.System_String or SpecialType.System_Boolean or SpecialType.System_Char or SpecialType.System_Decimal or SpecialType.System_DateTime => true,
        >= SpecialType.System_SByte and <= SpecialType.System_UInt64 or SpecialType.System_Single or SpecialType.System_Double => true,
        _ => Known.Contains(Name(type)) || IsIn(type, "System.Text.Json"),
    };

    /// <summary>Whether the serializer options of Microsoft.Extensions.AI, which a subtask uses by default, know a type without reflection.</summary>
    public static bool IsKnownToLibrary(ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            type = nullable.TypeArguments[0];
        }

        return type.TypeKind != TypeKind.Enum && type.SpecialType != SpecialType.System_Byte && Reads(type)
            && Name(type) is not ("System.Guid" or "System.Version" or "System.DateOnly" or "System.TimeOnly" or "System.Int128" or "System.UInt128");
    }

    /// <summary>Whether a type can be the key of a dictionary.</summary>
    public static bool ReadsKey(ITypeSymbol type) => type.SpecialType != SpecialType.System_Object && !IsIn(type, "System.Text.Json") && Reads(type);

    /// <summary>The type to use instead of one that is never read; <see langword="null"/> where nothing is wrong with it.</summary>
    public static string? Substitute(ITypeSymbol type)
    {
        if (type.TypeKind is TypeKind.Delegate or TypeKind.Pointer or TypeKind.FunctionPointer || type.SpecialType is SpecialType.System_Delegate or SpecialType.System_MulticastDelegate)
        {
            return "leave it out with [JsonIgnore]";
        }

        if (type.IsRefLikeType)
        {
            return "use an array or string";
        }

        for (ITypeSymbol? t = type; t is not null; t = t.BaseType)
        {
            if (Refused.TryGetValue(Name(t), out string? substitute))
            {
                return substitute;
            }
        }

        return null;
    }

    public static string Name(ITypeSymbol type) => $"{type.ContainingNamespace?.ToDisplayString()}.{type.MetadataName}";

    private static bool IsIn(ITypeSymbol type, string space) => type.ContainingNamespace?.ToDisplayString().StartsWith(space, StringComparison.Ordinal) == true;
}
