namespace HeteroAgent.LlamaCpp;

/// <summary>A tensor that is trained: where it stands among all trained numbers, and its shape. Immutable.</summary>
/// <param name="Name">The tensor's name in a GGUF file.</param>
/// <param name="Offset">Where its numbers start in <see cref="ParameterSet.Values"/>.</param>
/// <param name="Rows">The rows: outputs of a linear layer, tokens of an embedding; 1 for a vector.</param>
/// <param name="Columns">The numbers a row.</param>
/// <param name="Decays">Whether weight decay shrinks it.</param>
internal sealed record Parameter(string Name, int Offset, int Rows, int Columns, bool Decays)
{
    internal int Count => Rows * Columns;

    /// <summary>The shape as a GGUF file states it, the row's length first.</summary>
    internal long[] Shape => Rows == 1 ? [Columns] : [Columns, Rows];
}
