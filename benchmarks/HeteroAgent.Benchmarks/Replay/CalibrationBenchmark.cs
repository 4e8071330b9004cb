namespace HeteroAgent.Benchmarks;

internal static class CalibrationBenchmark
{
    internal static Task<BenchmarkResult> RunAsync() => throw new NotSupportedException();
}
