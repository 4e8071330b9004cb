namespace HeteroAgent.LlamaCpp;

/// <summary>A prompt that stands in a training set and in an evaluation set.</summary>
/// <param name="TrainingLine">Its line in the training set, from 1; 0 where the example came from no file.</param>
/// <param name="EvaluationLine">Its line in the evaluation set, likewise.</param>
public sealed record TuningOverlap(int TrainingLine, int EvaluationLine);
