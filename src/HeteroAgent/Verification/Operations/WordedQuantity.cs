namespace HeteroAgent;

/// <summary>A number in the question or computed in a step, with the words that stand around it.</summary>
/// <param name="Value">Its value.</param>
/// <param name="Step">The step that computed it, or -1 for the question.</param>
/// <param name="Sentence">The sentence it stands in.</param>
/// <param name="Unit">The word after it, without a plural s; empty where none follows. A sum of money has the unit <c>$</c>.</param>
/// <param name="Words">The words around it in its sentence.</param>
internal sealed record WordedQuantity(Rational Value, int Step, int Sentence, string Unit, IReadOnlyList<string> Words)
{
    /// <summary>How often a step has used it so far.</summary>
    public int Uses { get; set; }
}
