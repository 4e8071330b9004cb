namespace HeteroAgent;

/// <summary>A split: the drawn feature's column, the last bin that goes left, where missing values go, and what it gains.</summary>
internal readonly record struct TreeSplit(int Column, int Bin, bool MissingLeft, double Gain, double LeftGradient, double LeftHessian);
