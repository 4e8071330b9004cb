namespace HeteroAgent.Benchmarks.Structured;

/// <summary>Measures what the options ask for, prints the tables and writes the file.</summary>
internal static class StructuredRun
{
    // A second model that writes, too small for its times to say much.
    private const int CasesOnTiny = 1;

    internal static async Task RunAsync(StructuredOptions options)
    {
        IReadOnlyList<StructuredCase> cases = options.CasesPath is { } file
            ? Limit(CaseFile.Read(file), options.Limit)
            : await DefaultCases.CreateAsync(options.Limit).ConfigureAwait(false);
        if (options.ExportPath is { } target)
        {
            CaseFile.Write(target, cases);
            Console.WriteLine($"{cases.Count} cases, written to {target}");
            return;
        }

        IReadOnlyList<(string Model, int? Limit)> models = Models(options);
        NodeProcess? node = options.WithNode ? await StartNodeAsync(options.Threads).ConfigureAwait(false) : null;
        try
        {
            Validity validity = new(node);
            List<ResultRow> rows = [];
            List<ConcurrentResult> concurrent = [];
            foreach ((string model, int? limit) in models)
            {
                if (model == StructuredOptions.Starter)
                {
                    StructuredCase[] calls = [.. cases.Where(c => options.CasesPath is not null || c.Set == DefaultCases.Assistant)];
                    rows.AddRange(await StarterMeasurement.RunAsync(calls, options, validity).ConfigureAwait(false));
                    continue;
                }

                ModelMeasurement measurement = new(model, options, node, validity);
                rows.AddRange(await measurement.RunAsync(Limit(cases, limit)).ConfigureAwait(false));
                if (measurement.Concurrent is { } result)
                {
                    concurrent.Add(result);
                }
            }

            ResultTables.Write(rows, concurrent);
            if (options.JsonPath is { } path)
            {
                await File.WriteAllTextAsync(path, ResultDocument.Create(options, node, validity, rows, concurrent)).ConfigureAwait(false);
                Console.WriteLine(path);
            }
        }
        finally
        {
            if (node is not null)
            {
                await node.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>The peer, or null with a message where it cannot be fetched or started.</summary>
    private static async Task<NodeProcess?> StartNodeAsync(int threads)
    {
        try
        {
            return await NodeProcess.StartAsync(threads).ConfigureAwait(false);
        }
        catch (PeerException e)
        {
            Console.Error.WriteLine($"node-llama-cpp is left out: {e.Message}");
            return null;
        }
    }

    private static IReadOnlyList<StructuredCase> Limit(IReadOnlyList<StructuredCase> cases, int? limit) =>
        limit is { } most ? [.. cases.GroupBy(c => c.Set).SelectMany(set => DefaultCases.Spread([.. set], most))] : cases;

    /// <summary>The models to measure, all of which exist, with the most cases of each set.</summary>
    private static IReadOnlyList<(string Model, int? Limit)> Models(StructuredOptions options)
    {
        if (options.Models.Count > 0)
        {
            return [.. options.Models.Select(m => (m == StructuredOptions.Starter ? m : ModelFile.Find(m), (int?)null))];
        }

        return options.CasesPath is not null
            ? [(ModelFile.Find(null), null)]
            : [(ModelFile.Find(null), null), (ModelFile.FindShared("models", "stories260K.gguf"), CasesOnTiny), (StructuredOptions.Starter, null)];
    }
}
