using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks;

/// <summary>Runs the chosen benchmarks one after the other, prints each result and writes it to <c>benchmarks/results</c>.</summary>
internal static class BenchmarkRun
{
    internal static async Task<int> RunAsync(BenchmarkOptions options)
    {
        bool met = true;
        foreach (string name in options.Names)
        {
            BenchmarkResult result = await (name switch
            {
                "decode" => WeightTypes.RunAsync(options, options.Threads ?? 1, DecodeBenchmark.RunAsync),
                "batch" => WeightTypes.RunAsync(options, options.Threads ?? Environment.ProcessorCount, BatchBenchmark.RunAsync),
                "prefix" => WithModelAsync(options, options.Threads ?? Environment.ProcessorCount, PrefixBenchmark.RunAsync),
                "prefix-disk" => WithModelAsync(options, options.Threads ?? Environment.ProcessorCount, PrefixDiskBenchmark.RunAsync),
                "busy" => BusyHostBenchmark.RunAsync(options),
                "adapters" => WithModelAsync(options, options.Threads ?? 1, AdapterBenchmark.RunAsync),
                "choices" => WithModelAsync(options, options.Threads ?? 1, ChoiceBenchmark.RunAsync),
                "choice-scores" => WithModelAsync(options, options.Threads ?? 1, ChoiceScoreComparison.RunAsync),
                "classification" => ClassificationBenchmark.RunAsync(options),
                "tuning" => TuningBenchmark.RunAsync(options),
                "extraction" => ExtractionBenchmark.RunAsync(options),
                "verification" => WithModelAsync(options, options.Threads ?? 1, VerificationBenchmark.RunAsync),
                "masks" => MaskBenchmark.RunAsync(options),
                "streaming" => StreamingBenchmark.RunAsync(),
                "calibration" => CalibrationBenchmark.RunAsync(),
                "replay" => ReplayBenchmark.RunAsync(),
                "answer-prior" => AnswerPriorTraining.RunAsync(),
                "starter" => StarterMeasures.RunAsync(),
                "specialist-lora" => LoraSpecialist.RunAsync(options),
                "specialist-functions" => FunctionSpecialist.RunAsync(options),
                "specialist-sizes" => ExampleCounts.RunAsync(options),
                "specialist-scratch" => ScratchSpecialist.RunAsync(options),
                "postgres" => PostgresBenchmark.RunAsync(options),
                "retrieval" => RetrievalBenchmark.RunAsync(options),
                "retrieval-speed" => RetrievalSpeedBenchmark.RunAsync(options),
                _ => DecoratorBenchmark.RunAsync(),
            }).ConfigureAwait(false);
            string file = ResultFile.Write(result, options);
            Console.WriteLine($"{result.Summary}\n  {file}");
            met &= result.Met;
        }

        return met ? 0 : 2;
    }

    private static async Task<BenchmarkResult> WithModelAsync(BenchmarkOptions options, int threads, Func<LlamaModel, BenchmarkOptions, Task<BenchmarkResult>> run)
    {
        LlamaModelOptions modelOptions = new() { Threads = threads, BatchThreads = threads };
        LlamaModel model = await LlamaModel.LoadAsync(ModelFile.Find(options.ModelPath), modelOptions).ConfigureAwait(false);
        await using (model.ConfigureAwait(false))
        {
            return await run(model, options).ConfigureAwait(false);
        }
    }
}
