using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks;

/// <summary>
/// Token masks over the schemas of MaskBench (Glaiveai2K): at every token of every valid instance, against asking for each token
/// of the vocabulary whether it may come next. Each schema is compiled anew; its masks are cached from then on, as when decoding.
/// </summary>
internal static class MaskBenchmark
{
    private const double MedianTarget = 20;
    private const double TailTarget = 500;
    private const double FirstTarget = 5000;

    // Every so many masks one is computed both ways, which takes milliseconds.
    private const int CompareEvery = 400;

    internal static Task<BenchmarkResult> RunAsync(BenchmarkOptions options)
    {
        var vocabulary = TrialVocabulary.Read(ModelFile.Find(options.ModelPath));
        JsonElement[] cases = [.. File.ReadLines(ModelFile.FindShared("data", "maskbench", "maskbench_Glaiveai2K.jsonl")).Select(l => JsonDocument.Parse(l).RootElement)];
        JsonObject figures = new() { ["vocabulary"] = vocabulary.Tokens.Count, ["schemas"] = cases.Length };
        List<string> lines = [];
        bool met = true;
        foreach ((string name, bool open) in (ReadOnlySpan<(string, bool)>)[("closed", false), ("open", true)])
        {
            // The first fifth warms the code and does not count.
            SchemaOptions schemaOptions = new(open, SchemaDialect.Unstated);
            _ = Schemas(vocabulary, schemaOptions, cases.Take(cases.Length / 5));
            Report(name, $"{name} objects, {cases.Length} schemas", Schemas(vocabulary, schemaOptions, cases));
        }

        // Warms the code in the same way.
        _ = Spans(vocabulary);
        Masks spans = Spans(vocabulary);
        Report("spans", $"inside spans of {spans.First.Count} documents of tau2's bank", spans);
        figures["target_p50_us"] = MedianTarget;
        figures["target_p99_us"] = TailTarget;
        figures["target_first_us"] = FirstTarget;
        return Task.FromResult(new BenchmarkResult("masks", string.Join('\n', lines), met, figures));

        void Report(string name, string what, Masks masks)
        {
            met &= masks.Mask.At(0.5) <= MedianTarget && masks.Mask.At(0.99) <= TailTarget && masks.First.At(0.5) <= FirstTarget;
            figures[name] = masks.ToJson();
            lines.Add($"masks, {what}: p50 {masks.Mask.At(0.5):0.0} µs, p99 {masks.Mask.At(0.99):0.0} µs (targets {MedianTarget}, {TailTarget}); to the first mask p50 {masks.First.At(0.5):0} µs, p99 {masks.First.At(0.99):0} µs (target {FirstTarget}); {masks.Compared.At(0.5):0.0000} of asking token by token");
        }
    }

    private static Masks Schemas(TrialVocabulary vocabulary, SchemaOptions options, IEnumerable<JsonElement> cases)
    {
        Masks masks = new(vocabulary, options);
        foreach (JsonElement one in cases)
        {
            masks.Add(one);
        }

        return masks;
    }

    // One passage of up to twelve words a document, word by word what the document says.
    private static Masks Spans(TrialVocabulary vocabulary)
    {
        Masks masks = new(vocabulary, default);
        JsonGrammar grammar = JsonGrammar.Compile(JsonDocument.Parse("""{"type":"object","properties":{"quote":{"type":"string","x-span":true}},"required":["quote"]}""").RootElement);
        Random random = new(1);
        foreach (string file in Directory.EnumerateFiles(ModelFile.FindShared("data", "tau2-banking", "documents"), "*.json").Order(StringComparer.Ordinal))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            string text = document.RootElement.GetProperty("content").GetString()!;
            string[] words = text.Split(' ');
            int first = random.Next(words.Length);
            masks.AddSpan(grammar, text, string.Join(' ', words.Skip(first).Take(12)).Trim());
        }

        return masks;
    }

    private sealed class Masks(TrialVocabulary vocabulary, SchemaOptions options)
    {
        private readonly ulong[] _bits = new ulong[vocabulary.Tokens.MaskLength];
        private readonly List<(double Time, string Where)> _slow = [];

        internal Distribution Compile { get; } = new();

        internal Distribution First { get; } = new();

        internal Distribution Mask { get; } = new();

        internal Distribution Compared { get; } = new();

        internal void Add(JsonElement one)
        {
            JsonElement schema = one.GetProperty("schema");
            long start = Stopwatch.GetTimestamp();
            JsonGrammar grammar;
            try
            {
                grammar = LlamaCpp.SchemaCompiler.Compile(schema, options);
            }
            catch (InvalidSchemaException e) when (e.IsUnsatisfiable)
            {
                // It requires a property that it does not list, which closed objects do not hold.
                return;
            }

            Compile.Add(Microseconds(start));
            grammar.CreateState(vocabulary.Tokens).FillMask(_bits, int.MaxValue / 2);
            First.Add(Microseconds(start));
            InstanceText text = new(schema, options.Dialect);
            foreach (JsonElement test in one.GetProperty("tests").EnumerateArray().Where(t => t.GetProperty("valid").GetBoolean()))
            {
                Read(grammar.CreateState(vocabulary.Tokens), text.Write(test.GetProperty("data")) ?? [], one.GetProperty("id").GetString()!);
            }
        }

        internal void AddSpan(JsonGrammar grammar, string document, string passage)
        {
            long start = Stopwatch.GetTimestamp();
            GrammarState state = grammar.CreateState(vocabulary.Tokens, document);
            state.FillMask(_bits, int.MaxValue / 2);
            First.Add(Microseconds(start));
            Read(state, JsonText.Value(JsonSerializer.SerializeToElement(new { quote = passage })), passage);
        }

        internal JsonObject ToJson() => new()
        {
            ["compile_us"] = Compile.Count > 0 ? Compile.ToJson() : null,
            ["to_first_mask_us"] = First.ToJson(),
            ["mask_us"] = Mask.ToJson(),
            ["masks"] = Mask.Count,
            ["ratio_to_token_by_token"] = Math.Round(Compared.At(0.5), 5),
            ["slowest"] = new JsonArray([.. _slow.OrderByDescending(s => s.Time).Take(5).Select(s => JsonValue.Create($"{s.Time:0} µs: {s.Where}"))]),
        };

        private void Read(GrammarState state, byte[] instance, string id)
        {
            int at = 0;
            foreach (int token in vocabulary.Tokenize(instance))
            {
                long start = Stopwatch.GetTimestamp();
                state.FillMask(_bits, int.MaxValue / 2);
                double time = Microseconds(start);
                Mask.Add(time);
                if (time > TailTarget)
                {
                    _slow.Add((time, $"{id} after {Encoding.UTF8.GetString(instance.AsSpan(0, at))}"));
                }

                if (Mask.Count % CompareEvery == 0)
                {
                    Compare(state, time);
                }

                if (!state.TryAccept(token))
                {
                    // Closed objects do not hold what an instance may.
                    return;
                }

                at += vocabulary.Tokens.GetBytes(token).Length;
            }
        }

        private void Compare(GrammarState state, double time)
        {
            long start = Stopwatch.GetTimestamp();
            for (int token = 0; token < vocabulary.Tokens.Count; token++)
            {
                bool allowed = state.Accepts(token);
                if (allowed != ((_bits[token >> 6] >> token & 1) != 0))
                {
                    throw new InvalidOperationException($"The mask and the check of token {token} disagree.");
                }
            }

            Compared.Add(time / Microseconds(start));
        }

        private static double Microseconds(long start) => Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }
}
