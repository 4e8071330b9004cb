namespace HeteroAgent.LlamaCpp;

/// <summary>What a head's training measured on examples that were held out of the fit.</summary>
/// <param name="Examples">How many examples were held out in turn.</param>
/// <param name="Accuracy">The share that the head, fitted on the others, labelled rightly, in [0, 1].</param>
/// <param name="LogLoss">The mean negative log-probability of the right label after the temperature, in natural logarithms.</param>
/// <param name="CalibrationErrorBefore">The expected calibration error of the top probability in 15 bins of equal width, before the temperature, in [0, 1].</param>
/// <param name="CalibrationErrorAfter">The same after the temperature.</param>
public sealed record ClassifierHeldOut(int Examples, double Accuracy, double LogLoss, double CalibrationErrorBefore, double CalibrationErrorAfter);
