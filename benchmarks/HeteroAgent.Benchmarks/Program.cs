using HeteroAgent.Benchmarks;
using HeteroAgent.LlamaCpp;

try
{
    return args is [EngineTraining.Probe, { } file] ? EngineTraining.Try(file) : await BenchmarkRun.RunAsync(BenchmarkOptions.Parse(args)).ConfigureAwait(false);
}
catch (Exception e) when (e is UsageException or FileNotFoundException or GgufException or LlamaRuntimeException or LlamaModelException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
