using System.Globalization;

namespace HeteroAgent.Benchmarks;

/// <summary>What to measure and with what.</summary>
internal sealed record BenchmarkOptions(IReadOnlyList<string> Names, string? ModelPath, int? Threads, int? Tokens, int? Rounds, string Command)
{
    internal static readonly string[] Known = ["decode", "batch", "prefix", "prefix-disk", "busy", "adapters", "decorators", "extraction", "classification", "choices", "masks", "streaming", "calibration", "replay", "retrieval", "retrieval-speed", "verification", "starter", "tuning"];

    /// <summary>What needs a server or writes a model file, and is not part of <c>all</c>.</summary>
    internal static readonly string[] OnRequest = ["postgres", "choice-scores", "answer-prior", "specialist-lora", "specialist-functions", "specialist-sizes", "specialist-scratch"];

    /// <summary>Gets the connection string of the PostgreSQL server to measure.</summary>
    internal string? Connection { get; init; }

    /// <summary>Gets the folder for the results; <c>benchmarks/results</c> where it is not named.</summary>
    internal string? Output { get; init; }

    private const string Usage = """
        dotnet run -c Release --project benchmarks/HeteroAgent.Benchmarks -- <benchmark…|all> [options]

        decode      one stream against a raw decode loop and LLamaSharp's batched executor, one thread; weights in Q4_0, Q4_1 and Q8_0
        batch       16 requests at once against 16 sequences in one raw batch and 16 conversations of LLamaSharp's; the same weights
        prefix      first token behind a cached prefix of 1,000 tokens against decoding the suffix alone
        prefix-disk first token after a start behind a prefix restored from the disk against decoding it
        busy        tokens a second beside 0, 1, 2… processes that take a core each, against a raw loop with a thread on every core
        adapters    8 requests under two LoRA adapters against 8 under one and against a raw loop that switches at every step; the cost of a switch
        decorators  bytes allocated a call by each decorator
        extraction  the starter's calls one at a time and in batches of eight against a raw loop
        classification  heads over all-MiniLM on BANKING77 and CLINC150 against the nearest example and the nearest mean
        choices     the 77 labels of BANKING77 scored together, against writing one under the grammar and scoring one by one
        masks       token masks over the schemas of MaskBench (Glaiveai2K) against asking token by token
        tuning      tokens trained on a second in the starter's shape against llama.cpp's own training, and against the rate of matrix products
        streaming   first token shown and frontier output of a stepwise verified stream against holding the whole answer back
        calibration the two risk bounds over 200 random splits of a synthetic population and of the RouteLLM log
        replay      routing on the RouteLLM log, out of fold: with the starter's prior, without it, and with answers' marks taken out
        starter     the starter on SNIPS' validation requests: as they are, in lower and upper case, with a typing error
        specialist-lora, specialist-functions, specialist-sizes, specialist-scratch  train and measure specialists (minutes each, not part of all)
        choice-scores  choices scored by all their tokens against by their branches, on messages of BANKING77 and CLINC150 (not part of all)
        answer-prior  trains the starter's answer prior (not part of all)
        postgres    searches over 100,000 passages on the PostgreSQL server of --connection (with pgvector) against ts_rank_cd and the exact search; not in all
        retrieval        recall of the documents that the tasks of tau2-banking need
        retrieval-speed  a search over 100,000 passages against an exact scan
        verification  the process verifier on each trace of ProcessBench against a small language model as the judge

        --model FILE   a GGUF chat model (default: SmolLM2-135M-Instruct.Q4_1.gguf of the shared models); for classification an encoder (all-MiniLM-L6-v2.Q8_0.gguf)
        --threads N    threads of the engine and of the raw loop (default: 1 for decode, adapters, extraction, verification and choices, one a core for the others; tuning measures both)
        --tokens N     tokens of an answer (default: 256 for decode, 64 for batch and adapters)
        --rounds N     pairs of measurements (default: 7; 15 for prefix; 12 requests for choices)
        --connection S a connection string; the schema heteroagent_benchmark of its database is dropped and made anew
        --output DIR   the folder for the results (default: benchmarks/results)
        """;

    internal static BenchmarkOptions Parse(string[] args)
    {
        List<string> names = [];
        BenchmarkOptions options = new(names, null, null, null, null, $"dotnet run -c Release --project benchmarks/HeteroAgent.Benchmarks -- {string.Join(' ', args)}");
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--model":
                    options = options with { ModelPath = Value(args, ref i) };
                    break;
                case "--threads":
                    options = options with { Threads = Number(args, ref i) };
                    break;
                case "--tokens":
                    options = options with { Tokens = Number(args, ref i) };
                    break;
                case "--rounds":
                    options = options with { Rounds = Number(args, ref i) };
                    break;
                case "--connection":
                    options = options with { Connection = Value(args, ref i) };
                    break;
                case "--output":
                    options = options with { Output = Value(args, ref i) };
                    break;
                case "all":
                    names.AddRange(Known);
                    break;
                default:
                    names.Add(Known.Contains(args[i]) || OnRequest.Contains(args[i]) ? args[i] : throw new UsageException($"There is no benchmark or option '{args[i]}'.\n\n{Usage}"));
                    break;
            }
        }

        return names.Count > 0 ? options : throw new UsageException(Usage);
    }

    private static string Value(string[] args, ref int i) =>
        i + 1 < args.Length ? args[++i] : throw new UsageException($"{args[i]} needs a value.");

    private static int Number(string[] args, ref int i)
    {
        string name = args[i];
        return int.TryParse(Value(args, ref i), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : throw new UsageException($"{name} is '{args[i]}'; it must be a whole number above 0.");
    }
}
