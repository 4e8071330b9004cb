using System.Collections.Immutable;
using HeteroAgent.Analyzers.Pipeline;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace HeteroAgent.Analyzers;

/// <summary>HETERO101: finds tool invocation that stands inside escalation.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ToolInvocationOrderAnalyzer : DiagnosticAnalyzer
{
    private const string BuilderOrder = "call UseFunctionInvocation before escalation, since a builder adds from the outside in";
    private const string ClientOrder = "escalate first and add UseFunctionInvocation around the escalating client, since a client is wrapped from the inside out";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.ToolsInsideEscalation];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (PipelineSymbols.Find(start.Compilation) is { } symbols)
            {
                PipelineTrace trace = new(symbols);
                start.RegisterOperationAction(c => Check(c, (IInvocationOperation)c.Operation, symbols, trace), OperationKind.Invocation);
                start.RegisterOperationAction(c => Check(c, (IObjectCreationOperation)c.Operation, symbols, trace), OperationKind.ObjectCreation);
            }
        });
    }

    private static void Check(OperationAnalysisContext context, IInvocationOperation call, PipelineSymbols symbols, PipelineTrace trace)
    {
        IMethodSymbol method = call.TargetMethod;
        if (PipelineSymbols.OfWrapper(method) == Layer.Escalation)
        {
            if (trace.ClientHas(Layer.ToolInvocation, PipelineSymbols.Receiver(call)))
            {
                Report(ClientOrder);
            }

            return;
        }

        if ((method.Name != "Use" && PipelineSymbols.OfStep(method) is null) || !trace.IsStep(call))
        {
            return;
        }

        IOperation? builder = PipelineSymbols.Receiver(call);
        if (trace.StepHas(Layer.ToolInvocation, call) && trace.StepsHave(Layer.Escalation, builder))
        {
            Report(BuilderOrder);
        }
        else if (trace.StepHas(Layer.Escalation, call) && trace.CoreHas(Layer.ToolInvocation, builder))
        {
            Report(ClientOrder);
        }

        void Report(string order) => context.ReportDiagnostic(Diagnostic.Create(Rules.ToolsInsideEscalation, Name(call), order));
    }

    private static void Check(OperationAnalysisContext context, IObjectCreationOperation creation, PipelineSymbols symbols, PipelineTrace trace)
    {
        if (symbols.OfClass(creation.Type) == Layer.Escalation && trace.ClientHas(Layer.ToolInvocation, PipelineSymbols.Argument(creation.Arguments, 0)))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.ToolsInsideEscalation, creation.Syntax.GetLocation(), ClientOrder));
        }
    }

    private static Location Name(IInvocationOperation call) =>
        (call.Syntax is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } ? member.Name : call.Syntax).GetLocation();
}
