using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace HeteroAgent.Analyzers.Pipeline;

/// <summary>Follows an expression back to what its client or builder was made of. What it cannot follow it takes to hold nothing.</summary>
internal sealed class PipelineTrace(PipelineSymbols symbols)
{
    private const int MaxDepth = 100;

    /// <summary>Whether a client holds a layer at any depth.</summary>
    public bool ClientHas(Layer layer, IOperation? client, int depth = 0)
    {
        client = Unwrap(client);
        if (depth > MaxDepth)
        {
            return false;
        }

        return client switch
        {
            IObjectCreationOperation creation when symbols.IsClient(creation.Type) =>
                symbols.OfClass(creation.Type) == layer || ClientHas(layer, Inner(PipelineSymbols.Argument(creation.Arguments, 0)), depth + 1),
            IInvocationOperation { TargetMethod.Name: "Build", Instance: { } builder } when symbols.IsBuilder(builder.Type) =>
                StepsHave(layer, builder, depth + 1) || CoreHas(layer, builder, depth + 1),
            IInvocationOperation call when symbols.IsClient(call.Type) && PipelineSymbols.IsOurs(call.TargetMethod) =>
                PipelineSymbols.OfWrapper(call.TargetMethod) == layer || ClientHas(layer, Inner(PipelineSymbols.Receiver(call)), depth + 1),
            ILocalReferenceOperation or IParameterReferenceOperation =>
                Variable.TryGetValue(client, out IOperation? value) && ClientHas(layer, value, depth + 1),
            _ => false,
        };
    }

    /// <summary>Whether the steps of a builder, as far as they were added where the expression stands, hold a layer.</summary>
    public bool StepsHave(Layer layer, IOperation? builder, int depth = 0)
    {
        builder = Unwrap(builder);
        if (depth > MaxDepth)
        {
            return false;
        }

        switch (builder)
        {
            case IInvocationOperation step when IsStep(step):
                return StepHas(layer, step, depth + 1) || StepsHave(layer, PipelineSymbols.Receiver(step), depth + 1);
            case ILocalReferenceOperation or IParameterReferenceOperation when Variable.TryGetValue(builder, out IOperation? value):
                return Variable.EarlierReads(builder, value).SelectMany(StepsFrom).Any(s => StepHas(layer, s, depth + 1))
                    || StepsHave(layer, value, depth + 1);
            default:
                return false;
        }
    }

    /// <summary>Whether the client that a builder wraps holds a layer.</summary>
    public bool CoreHas(Layer layer, IOperation? builder, int depth = 0)
    {
        builder = Unwrap(builder);
        if (depth > MaxDepth)
        {
            return false;
        }

        return builder switch
        {
            IInvocationOperation step when IsStep(step) => CoreHas(layer, PipelineSymbols.Receiver(step), depth + 1),
            IInvocationOperation start when symbols.IsBuilder(start.Type) => start.Arguments.Any(a => ClientHas(layer, Inner(a.Value), depth + 1)),
            IObjectCreationOperation creation when symbols.IsBuilder(creation.Type) => ClientHas(layer, Inner(PipelineSymbols.Argument(creation.Arguments, 0)), depth + 1),
            ILocalReferenceOperation or IParameterReferenceOperation => Variable.TryGetValue(builder, out IOperation? value) && CoreHas(layer, value, depth + 1),
            _ => false,
        };
    }

    /// <summary>Whether one step adds a layer: by its name, or by the client that the function given to <c>Use</c> makes.</summary>
    public bool StepHas(Layer layer, IInvocationOperation step, int depth = 0)
    {
        if (PipelineSymbols.OfStep(step.TargetMethod) is { } named)
        {
            return named == layer;
        }

        return step.TargetMethod.Name == "Use" && step.Arguments.Any(a => Unwrap(a.Value) is IDelegateCreationOperation { Target: IAnonymousFunctionOperation function }
            && Returned(function).Any(r => ClientHas(layer, r, depth + 1)));
    }

    /// <summary>Whether a call adds a step to a builder and returns the builder.</summary>
    public bool IsStep(IInvocationOperation call) =>
        symbols.IsBuilder(call.Type) && symbols.IsBuilder(Unwrap(PipelineSymbols.Receiver(call))?.Type);

    /// <summary>The steps of the chain that begins with a variable.</summary>
    private IEnumerable<IInvocationOperation> StepsFrom(IOperation start)
    {
        IOperation current = start;
        while (true)
        {
            IOperation? parent = current.Parent;
            while (parent is IConversionOperation or IParenthesizedOperation or IArgumentOperation)
            {
                parent = parent.Parent;
            }

            if (parent is not IInvocationOperation call || !IsStep(call) || !PipelineSymbols.Receiver(call)!.DescendantsAndSelf().Contains(current))
            {
                yield break;
            }

            yield return call;
            current = call;
        }
    }

    private IOperation? Inner(IOperation? argument)
    {
        argument = Unwrap(argument);
        return symbols.IsClient(argument?.Type) ? argument : null;
    }

    private static IEnumerable<IOperation?> Returned(IAnonymousFunctionOperation function) =>
        function.Body.Descendants().OfType<IReturnOperation>().Where(r => Function(r) == function).Select(r => r.ReturnedValue);

    private static IOperation? Function(IOperation operation)
    {
        IOperation? current = operation.Parent;
        while (current is not null and not IAnonymousFunctionOperation and not ILocalFunctionOperation)
        {
            current = current.Parent;
        }

        return current;
    }

    private static IOperation? Unwrap(IOperation? operation)
    {
        while (operation is IConversionOperation or IParenthesizedOperation)
        {
            operation = operation is IConversionOperation conversion ? conversion.Operand : ((IParenthesizedOperation)operation).Operand;
        }

        return operation;
    }
}
