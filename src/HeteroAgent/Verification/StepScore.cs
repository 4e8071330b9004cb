using System.Text.Json.Serialization;

namespace HeteroAgent;

/// <summary>The score of one step.</summary>
/// <param name="Index">The step's index, from 0.</param>
/// <param name="Score">How likely the step is sound, in [0, 1].</param>
[method: JsonConstructor]
public readonly record struct StepScore(int Index, double Score);
