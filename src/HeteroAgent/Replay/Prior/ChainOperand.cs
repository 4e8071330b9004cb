namespace HeteroAgent;

/// <summary>Where an operand of a computation comes from.</summary>
/// <param name="Kind">A number of the question, a number word, the last or an older result, a constant, or none of them.</param>
/// <param name="Context">The words around it in the question, or the operation that gave it.</param>
/// <param name="Value">Its value.</param>
/// <param name="Index">Its place among the question's quantities; 100 and up for results, -1 for neither.</param>
internal sealed record ChainOperand(string Kind, IReadOnlyList<string> Context, double Value, int Index)
{
    internal bool IsQuantity => Index is >= 0 and < 100;

    internal bool IsResult => Index >= 100;
}
