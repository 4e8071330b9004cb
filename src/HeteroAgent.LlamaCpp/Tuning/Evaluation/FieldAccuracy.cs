namespace HeteroAgent.LlamaCpp;

/// <summary>How often one field of the answers, an argument or a member of an object, is right.</summary>
/// <param name="Name">The field's name.</param>
/// <param name="Right">How often its value is the expected one.</param>
/// <param name="Expected">How often it is expected.</param>
/// <param name="Extra">How often it is answered where none is expected.</param>
public sealed record FieldAccuracy(string Name, int Right, int Expected, int Extra)
{
    /// <summary>Gets the share of expected values that are right, in [0, 1], with its interval.</summary>
    public Proportion Accuracy => new(Right, Expected);
}
