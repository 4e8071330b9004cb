namespace HeteroAgent;

/// <summary>Why a step was scored down, for a person to read.</summary>
/// <param name="Step">The step's index, from 0.</param>
/// <param name="Text">The reason, such as <c>step 3: 12 × 7 is 84, not 94</c>; steps are counted from 1 in it.</param>
public sealed record StepReason(int Step, string Text);
