using System.Collections.Concurrent;
using System.Collections.Immutable;
using HeteroAgent.Analyzers.Json;
using HeteroAgent.Analyzers.Pipeline;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace HeteroAgent.Analyzers;

/// <summary>HETERO102 and HETERO103: finds subtasks whose types cannot be read as they are made.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SubtaskAnalyzer : DiagnosticAnalyzer
{
    private static readonly string[] TrimmingProperties = ["PublishAot", "PublishTrimmed", "IsAotCompatible"];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.UnfillableOutput, Rules.MissingSerializerOptions];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName("HeteroAgent.Subtask`2") is not { } subtask)
            {
                return;
            }

            AnalyzerConfigOptions options = start.Options.AnalyzerConfigOptionsProvider.GlobalOptions;
            string? trimming = TrimmingProperties.FirstOrDefault(p => options.TryGetValue("build_property." + p, out string? set) && bool.TryParse(set, out bool on) && on);
            Checks checks = new(subtask, trimming);
            start.RegisterOperationAction(c => checks.Creation(c, (IObjectCreationOperation)c.Operation), OperationKind.ObjectCreation);
            start.RegisterOperationAction(c => checks.Factory(c, (IInvocationOperation)c.Operation), OperationKind.Invocation);
        });
    }

    private sealed class Checks(INamedTypeSymbol subtask, string? trimming)
    {
        private readonly ConcurrentDictionary<ITypeSymbol, UnfillableMember?> _outputs = new(SymbolEqualityComparer.Default);

        public void Creation(OperationAnalysisContext context, IObjectCreationOperation creation)
        {
            if (creation.Type is INamedTypeSymbol type && SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, subtask))
            {
                Check(context, creation.Syntax, creation.Arguments, type.TypeArguments[0], type.TypeArguments[1]);
            }
        }

        public void Factory(OperationAnalysisContext context, IInvocationOperation call)
        {
            IMethodSymbol method = call.TargetMethod;
            if (method.IsGenericMethod && PipelineSymbols.IsOurs(method) && TypeArgument(method, "TOutput") is { } output)
            {
                Check(context, call.Syntax, call.Arguments, TypeArgument(method, "TInput"), output);
            }
        }

        private void Check(OperationAnalysisContext context, SyntaxNode syntax, ImmutableArray<IArgumentOperation> arguments, ITypeSymbol? input, ITypeSymbol output)
        {
            SubtaskOptionsValue options = SubtaskOptionsReader.Read(arguments);
            if (options != SubtaskOptionsValue.Unknown && _outputs.GetOrAdd(output, JsonFill.Find) is { } member)
            {
                context.ReportDiagnostic(Diagnostic.Create(Rules.UnfillableOutput, Location(syntax), member.Path, member.Reason, member.Cure));
            }

            if (trimming is not null && options == SubtaskOptionsValue.None && new[] { output, input }.FirstOrDefault(t => t is not null and not ITypeParameterSymbol && !JsonScalars.IsKnownToLibrary(t)) is { } type)
            {
                context.ReportDiagnostic(Diagnostic.Create(Rules.MissingSerializerOptions, syntax.GetLocation(), trimming, type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)));
            }
        }

        private static ITypeSymbol? TypeArgument(IMethodSymbol method, string name) =>
            method.TypeParameters.FirstOrDefault(p => p.Name == name) is { } parameter ? method.TypeArguments[parameter.Ordinal] : null;

        /// <summary>The last type argument where one is written, else the whole expression.</summary>
        private static Location Location(SyntaxNode syntax)
        {
            SyntaxNode? name = syntax switch
            {
                ObjectCreationExpressionSyntax creation => creation.Type,
                InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } => member.Name,
                InvocationExpressionSyntax call => call.Expression,
                _ => null,
            };
            GenericNameSyntax? generic = name as GenericNameSyntax ?? (name as QualifiedNameSyntax)?.Right as GenericNameSyntax;
            return (generic?.TypeArgumentList.Arguments.LastOrDefault() ?? syntax).GetLocation();
        }
    }
}
