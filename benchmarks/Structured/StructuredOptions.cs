using System.Globalization;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>What to measure and with what.</summary>
internal sealed record StructuredOptions
{
    internal const string Starter = "starter";

    private const string Usage = """
        dotnet run -c Release --project benchmarks/Structured -- [options]

        Structured answers by this library, by LLamaSharp with its grammar (a stateless executor, and a conversation of its
        batched executor), by node-llama-cpp with its JSON-schema grammar, by a raw greedy loop with libllama's own grammar
        sampler, and by the raw loop without a grammar: the same weights, prompts, schemas and limits.

        --cases FILE        cases to measure, one a line: {"id": …, "system": …, "user": …, "schema": …} (default: four sets, see docs)
        --peer node         also measure node-llama-cpp, fetched once by npm; left out with a message where node or npm is absent
        --json FILE         write every row and the medians to this file
        --model FILE        a GGUF chat model, or 'starter' for the extractive starter; may be given several times
                            (default: SmolLM2-135M-Instruct.Q4_1.gguf of the shared models; without --cases also one case of
                            each set on stories260K.gguf, and the assistant's on the starter)
        --rounds N          measurements of each answer with its prompt in the cache, whose median counts (default: 1)
        --limit N           N cases of each set, spread over it (default: all of a file; of the four sets 4, 10, 4 and 3)
        --max-tokens N      tokens of an answer at most (default: 128)
        --threads N         threads of each (default: 1)
        --export-cases FILE write the cases that would be measured, and measure nothing
        """;

    internal string? CasesPath { get; private init; }

    internal bool WithNode { get; private init; }

    internal string? JsonPath { get; private init; }

    internal IReadOnlyList<string> Models { get; private init; } = [];

    internal int Rounds { get; private init; } = 1;

    internal int? Limit { get; private init; }

    internal int MaxTokens { get; private init; } = 128;

    internal int Threads { get; private init; } = 1;

    internal string? ExportPath { get; private init; }

    internal string Command { get; private init; } = "";

    internal static StructuredOptions Parse(string[] args)
    {
        List<string> models = [];
        StructuredOptions options = new() { Models = models, Command = $"dotnet run -c Release --project benchmarks/Structured -- {string.Join(' ', args)}".TrimEnd() };
        for (int i = 0; i < args.Length; i++)
        {
            string name = args[i];
            options = name switch
            {
                "--cases" => options with { CasesPath = Value() },
                "--peer" => options with { WithNode = Value() is "node" ? true : throw new UsageException($"--peer is '{args[i]}'; the only peer is 'node'.") },
                "--json" => options with { JsonPath = Value() },
                "--rounds" => options with { Rounds = Number() },
                "--limit" => options with { Limit = Number() },
                "--max-tokens" => options with { MaxTokens = Number() },
                "--threads" => options with { Threads = Number() },
                "--export-cases" => options with { ExportPath = Value() },
                "--model" => options,
                _ => throw new UsageException($"There is no option '{name}'.\n\n{Usage}"),
            };
            if (name == "--model")
            {
                models.Add(Value());
            }

            string Value() => i + 1 < args.Length ? args[++i] : throw new UsageException($"{name} needs a value.");

            int Number() => int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
                ? number
                : throw new UsageException($"{name} is '{args[i]}'; it must be a whole number above 0.");
        }

        return options;
    }
}
