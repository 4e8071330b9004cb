namespace HeteroAgent.LlamaCpp;

/// <summary>Weights that are trained.</summary>
internal sealed unsafe class TrainedMatrix(Parameter parameter) : WeightMatrix(parameter.Rows, parameter.Columns)
{
    internal override int BlockRows => int.MaxValue / 2;

    internal override Parameter? Trained => parameter;

    internal override float* Read(NetworkPass pass, int first, int count) => pass.Value(parameter) + ((long)first * Columns);
}
