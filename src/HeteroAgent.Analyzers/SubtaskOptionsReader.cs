using HeteroAgent.Analyzers.Pipeline;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace HeteroAgent.Analyzers;

/// <summary>Reads the serializer options from the creation of a subtask.</summary>
internal static class SubtaskOptionsReader
{
    private const string Property = "SerializerOptions";

    public static SubtaskOptionsValue Read(IEnumerable<IArgumentOperation> arguments)
    {
        IArgumentOperation? argument = arguments.FirstOrDefault(a => a.Parameter?.Type.Name == "SubtaskOptions");
        if (argument is null)
        {
            return SubtaskOptionsValue.Default;
        }

        IOperation? value = Unwrap(argument.Value);
        if (value is ILocalReferenceOperation local && Variable.TryGetValue(local, out IOperation? assigned))
        {
            if (IsSetLater(local))
            {
                return SubtaskOptionsValue.Unknown;
            }

            value = Unwrap(assigned);
        }

        return value switch
        {
            _ when argument.ArgumentKind == ArgumentKind.DefaultValue => SubtaskOptionsValue.None,
            IDefaultValueOperation or ILiteralOperation { ConstantValue: { HasValue: true, Value: null } } => SubtaskOptionsValue.None,
            IObjectCreationOperation creation => Assigned(creation, Property) is { } set ? Serializer(Unwrap(set)) : SubtaskOptionsValue.None,
            _ => SubtaskOptionsValue.Unknown,
        };
    }

    private static SubtaskOptionsValue Serializer(IOperation? options) => options switch
    {
        ILiteralOperation { ConstantValue: { HasValue: true, Value: null } } => SubtaskOptionsValue.None,
        IPropertyReferenceOperation { Property.Name: "Options", Instance.Type: { } context } when IsPlainContext(context) => SubtaskOptionsValue.Default,
        _ => SubtaskOptionsValue.Unknown,
    };

    /// <summary>Whether a type is a source-generated context without converters and fields.</summary>
    private static bool IsPlainContext(ITypeSymbol type) =>
        type.BaseType?.Name == "JsonSerializerContext"
        && !type.GetAttributes().Any(a => a.AttributeClass?.Name == "JsonSourceGenerationOptionsAttribute" && a.NamedArguments.Any(n => n.Key is "Converters" or "IncludeFields"));

    private static IOperation? Assigned(IObjectCreationOperation creation, string property) =>
        creation.Initializer?.Initializers.OfType<ISimpleAssignmentOperation>()
            .FirstOrDefault(a => a.Target is IPropertyReferenceOperation { Property.Name: var name } && name == property)?.Value;

    private static bool IsSetLater(ILocalReferenceOperation local)
    {
        IOperation root = local;
        while (root.Parent is not null)
        {
            root = root.Parent;
        }

        return root.Descendants().OfType<ISimpleAssignmentOperation>().Any(a =>
            a.Target is IPropertyReferenceOperation { Property.Name: Property, Instance: ILocalReferenceOperation target } && SymbolEqualityComparer.Default.Equals(target.Local, local.Local));
    }

    private static IOperation? Unwrap(IOperation? operation)
    {
        while (operation is IConversionOperation conversion)
        {
            operation = conversion.Operand;
        }

        return operation;
    }
}
