namespace HeteroAgent.LlamaCpp;

/// <summary>Weights that stay as they are, in the type that their file has; a block of rows is turned into numbers where it is used.</summary>
internal sealed unsafe class FrozenMatrix(IRowSource source) : WeightMatrix(source.Rows, source.Columns)
{
    internal const int MostBlockRows = 256;

    internal override int BlockRows => MostBlockRows;

    internal override float* Read(NetworkPass pass, int first, int count)
    {
        float* block = pass.Block((long)count * Columns);
        source.ReadRows(first, count, new Span<float>(block, count * Columns));
        return block;
    }
}
