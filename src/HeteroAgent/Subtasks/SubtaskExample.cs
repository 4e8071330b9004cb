namespace HeteroAgent;

/// <summary>One solved input of a subtask.</summary>
/// <typeparam name="TInput">The type of the input.</typeparam>
/// <typeparam name="TOutput">The type of the result.</typeparam>
/// <param name="Input">The input.</param>
/// <param name="Output">The right result for it.</param>
public sealed record SubtaskExample<TInput, TOutput>(TInput Input, TOutput Output);
