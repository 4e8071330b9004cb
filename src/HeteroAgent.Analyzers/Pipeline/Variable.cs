using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace HeteroAgent.Analyzers.Pipeline;

/// <summary>The certain facts about a local variable or parameter where it is read.</summary>
internal static class Variable
{
    /// <summary>Gets the local or parameter that an expression reads.</summary>
    public static ISymbol? Of(IOperation? operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => null,
    };

    /// <summary>Finds the value that a variable has for certain where it is read.</summary>
    /// <param name="read">The reference.</param>
    /// <param name="value">The value that was assigned last, or <see langword="null"/> where none was assigned in this member.</param>
    /// <returns>Whether no other value is possible.</returns>
    public static bool TryGetValue(IOperation read, out IOperation? value)
    {
        value = null;
        HashSet<IOperation> path = Path(read);
        int position = read.Syntax.SpanStart;
        bool repeats = path.Any(o => o is ILoopOperation or IAnonymousFunctionOperation or ILocalFunctionOperation or ILabeledOperation);
        foreach (IOperation operation in Root(read).Descendants())
        {
            if (!Assigns(operation, Of(read)!, out IOperation? assigned) || path.Contains(operation))
            {
                continue;
            }

            bool before = operation.Syntax.SpanStart < position;
            if (assigned is null || (before || repeats ? !RunsBefore(operation, path) || !before : IsInFunction(operation, path)))
            {
                return false;
            }

            value = before ? assigned : value;
        }

        return true;
    }

    /// <summary>Finds the references to a variable that run before one of them, in order.</summary>
    public static IEnumerable<IOperation> EarlierReads(IOperation read, IOperation? since)
    {
        ISymbol symbol = Of(read)!;
        HashSet<IOperation> path = Path(read);
        int start = since?.Syntax.Span.End ?? 0;
        int end = read.Syntax.SpanStart;
        return Root(read).Descendants().Where(o => o.Syntax.SpanStart >= start && o.Syntax.SpanStart < end
            && SymbolEqualityComparer.Default.Equals(Of(o), symbol) && RunsBefore(o, path));
    }

    private static bool Assigns(IOperation operation, ISymbol symbol, out IOperation? value)
    {
        value = null;
        switch (operation)
        {
            case IVariableDeclaratorOperation declarator when SymbolEqualityComparer.Default.Equals(declarator.Symbol, symbol):
                value = declarator.GetVariableInitializer()?.Value;
                return value is not null;
            case ISimpleAssignmentOperation { IsRef: false } assignment when IsSymbol(assignment.Target):
                value = assignment.Value;
                return true;
            case IAssignmentOperation assignment:
                return assignment.Target.DescendantsAndSelf().Any(IsSymbol) && assignment.Target is ILocalReferenceOperation or IParameterReferenceOperation or ITupleOperation;
            case IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument:
                return IsSymbol(argument.Value);
            default:
                return false;
        }

        bool IsSymbol(IOperation o) => SymbolEqualityComparer.Default.Equals(Of(o), symbol);
    }

    /// <summary>Whether an operation runs whenever the end of the path is reached: both stand in one sequence, and no branch leads to the operation alone.</summary>
    private static bool RunsBefore(IOperation operation, HashSet<IOperation> path)
    {
        IOperation? current = operation;
        while (current is not null && !path.Contains(current))
        {
            if (Branches(current))
            {
                return false;
            }

            current = current.Parent;
        }

        return current is not null && !Branches(current);
    }

    private static bool IsInFunction(IOperation operation, HashSet<IOperation> path)
    {
        for (IOperation? current = operation; current is not null && !path.Contains(current); current = current.Parent)
        {
            if (current is IAnonymousFunctionOperation or ILocalFunctionOperation)
            {
                return true;
            }
        }

        return false;
    }

    private static bool Branches(IOperation operation) => operation
        is IConditionalOperation or ISwitchOperation or ISwitchExpressionOperation or ILoopOperation or ITryOperation or ICoalesceOperation or IConditionalAccessOperation
        or IAnonymousFunctionOperation or ILocalFunctionOperation or IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr };

    private static HashSet<IOperation> Path(IOperation operation)
    {
        HashSet<IOperation> path = [];
        for (IOperation? current = operation; current is not null; current = current.Parent)
        {
            _ = path.Add(current);
        }

        return path;
    }

    private static IOperation Root(IOperation operation)
    {
        while (operation.Parent is not null)
        {
            operation = operation.Parent;
        }

        return operation;
    }
}
