using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace HeteroAgent.Analyzers.Pipeline;

/// <summary>The types and methods that pipelines are made of, as one compilation knows them.</summary>
internal sealed class PipelineSymbols
{
    private readonly INamedTypeSymbol _client;
    private readonly INamedTypeSymbol? _builder;
    private readonly INamedTypeSymbol? _toolInvocation;
    private readonly INamedTypeSymbol?[] _escalation;

    private PipelineSymbols(Compilation compilation, INamedTypeSymbol client, INamedTypeSymbol escalation)
    {
        _client = client;
        _builder = compilation.GetTypeByMetadataName("Microsoft.Extensions.AI.ChatClientBuilder");
        _toolInvocation = compilation.GetTypeByMetadataName("Microsoft.Extensions.AI.FunctionInvokingChatClient");
        _escalation = [escalation, compilation.GetTypeByMetadataName("HeteroAgent.StepwiseEscalatingChatClient")];
    }

    /// <summary>Finds the symbols; <see langword="null"/> where the compilation has no escalation.</summary>
    public static PipelineSymbols? Find(Compilation compilation) =>
        compilation.GetTypeByMetadataName("Microsoft.Extensions.AI.IChatClient") is { } client && compilation.GetTypeByMetadataName("HeteroAgent.EscalatingChatClient") is { } escalation
            ? new(compilation, client, escalation)
            : null;

    public bool IsBuilder(ITypeSymbol? type) => _builder is not null && SymbolEqualityComparer.Default.Equals(type, _builder);

    public bool IsClient(ITypeSymbol? type) =>
        type is not null && (SymbolEqualityComparer.Default.Equals(type, _client) || type.AllInterfaces.Contains(_client, SymbolEqualityComparer.Default));

    /// <summary>The layer that a client of this class adds around its inner client.</summary>
    public Layer? OfClass(ITypeSymbol? type)
    {
        for (ITypeSymbol? t = type; t is not null; t = t.BaseType)
        {
            if (_toolInvocation is not null && SymbolEqualityComparer.Default.Equals(t, _toolInvocation))
            {
                return Layer.ToolInvocation;
            }

            if (_escalation.Contains(t, SymbolEqualityComparer.Default))
            {
                return Layer.Escalation;
            }
        }

        return null;
    }

    /// <summary>The layer that a builder method of this name adds.</summary>
    public static Layer? OfStep(IMethodSymbol method) => method.Name switch
    {
        "UseEscalation" or "UseStepwiseEscalation" when IsOurs(method) => Layer.Escalation,
        "UseFunctionInvocation" or "UseKernelFunctionInvocation" when IsInNamespace(method, "Microsoft") => Layer.ToolInvocation,
        _ => null,
    };

    /// <summary>The layer that a client method of this name wraps a client in.</summary>
    public static Layer? OfWrapper(IMethodSymbol method) =>
        method.Name is "WithEscalation" or "WithStepwiseEscalation" && IsOurs(method) ? Layer.Escalation : null;

    public static bool IsOurs(ISymbol symbol) =>
        IsInNamespace(symbol, "HeteroAgent") || symbol.ContainingAssembly?.Name.StartsWith("HeteroAgent", StringComparison.Ordinal) == true;

    /// <summary>The receiver of a method call, be it an instance method or an extension.</summary>
    public static IOperation? Receiver(IInvocationOperation invocation) => invocation.Instance ?? Argument(invocation.Arguments, 0);

    public static IOperation? Argument(IEnumerable<IArgumentOperation> arguments, int ordinal) =>
        arguments.FirstOrDefault(a => a.Parameter?.Ordinal == ordinal)?.Value;

    private static bool IsInNamespace(ISymbol symbol, string root)
    {
        INamespaceSymbol? space = symbol.ContainingNamespace;
        while (space is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
        {
            space = space.ContainingNamespace;
        }

        return space?.Name == root;
    }
}
