namespace HeteroAgent.LlamaCpp;

/// <summary>Labelled vectors: the rows of one flat array, and a class a row.</summary>
/// <param name="Vectors">Count × <paramref name="Dimension"/> numbers, row after row.</param>
/// <param name="Classes">The class of each row, from 0.</param>
/// <param name="Dimension">The length of a row.</param>
/// <param name="ClassCount">The number of classes.</param>
internal sealed record ClassifierExamples(float[] Vectors, int[] Classes, int Dimension, int ClassCount)
{
    internal int Count => Classes.Length;

    internal ReadOnlySpan<float> Vector(int row) => Vectors.AsSpan(row * Dimension, Dimension);

    /// <summary>The rows of the given numbers, with all classes kept.</summary>
    internal ClassifierExamples Select(IReadOnlyList<int> rows)
    {
        float[] vectors = new float[rows.Count * Dimension];
        for (int i = 0; i < rows.Count; i++)
        {
            Vector(rows[i]).CopyTo(vectors.AsSpan(i * Dimension));
        }

        return new ClassifierExamples(vectors, [.. rows.Select(r => Classes[r])], Dimension, ClassCount);
    }
}
