using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks;

/// <summary>How fast this machine multiplies large matrices with the library's own kernel: what a training step is held against.</summary>
internal sealed unsafe class ProductRate
{
    private const int Size = 512;
    private readonly float[][] _matrices;

    internal ProductRate(int threads)
    {
        Random random = new(1);
        _matrices = [.. Enumerable.Range(0, threads * 4).Select(i =>
        {
            float[] matrix = GC.AllocateUninitializedArray<float>(i % 4 == 3 ? MatrixProduct.PackLength : Size * Size, pinned: true);
            foreach (ref float value in matrix.AsSpan())
            {
                value = (float)(random.NextDouble() - 0.5);
            }

            return matrix;
        })];
    }

    private int Threads => _matrices.Length / 4;

    /// <summary>Multiplies on every thread; the work is in thousands of multiplications and additions.</summary>
    internal Sample Measure(int times)
    {
        Sample.Clock clock = Sample.Clock.Start();
        if (Threads == 1)
        {
            Multiply(0, times);
        }
        else
        {
            Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, i => Multiply(i, times));
        }

        return clock.Stop(Threads * times * (int)(2L * Size * Size * Size / 1000));
    }

    private void Multiply(int thread, int times)
    {
        fixed (float* a = _matrices[thread * 4], b = _matrices[(thread * 4) + 1], c = _matrices[(thread * 4) + 2], pack = _matrices[(thread * 4) + 3])
        {
            for (int i = 0; i < times; i++)
            {
                MatrixProduct.Add(new(a, Size, 1), new(b, Size, 1), c, Size, Size, Size, Size, pack);
            }
        }
    }
}
