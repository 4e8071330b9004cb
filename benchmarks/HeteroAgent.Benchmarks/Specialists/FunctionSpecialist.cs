using System.Text.Json;
using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks;

/// <summary>An adapter on SmolLM2 for calls of functions that it has never seen, from 300 questions of BFCL's simple_python, measured on the other 100. The values have to be written: numbers, lists and names that do not stand in the question.</summary>
internal static class FunctionSpecialist
{
    private const int Training = 300;

    internal static async Task<BenchmarkResult> RunAsync(BenchmarkOptions options)
    {
        string file = Path.Combine(Path.GetTempPath(), $"functions-{Environment.ProcessId}.lora.gguf");
        string basePath = ModelFile.Find(options.ModelPath);
        TuningExample[] examples = [.. Examples()];
        new Random(1).Shuffle(examples);
        TuningSet train = TuningSet.FromExamples(examples.Take(Training));
        TuningSet held = TuningSet.FromExamples(examples.Skip(Training));
        SpecialistProgress progress = new("functions");
        ModelTrainingOptions training = new();
        training.Training.Epochs = 3;
        training.Training.Threads = options.Threads;
        TuningResult result = await ModelTrainer.TrainAsync(basePath, train, file, training, validation: null, progress).ConfigureAwait(false);
        JsonObject trained = SpecialistFigures.Of(result, progress.TokensPerSecond);
        TuningEvaluation before;
        TuningEvaluation after;
        LlamaModel model = await LlamaModel.LoadAsync(basePath).ConfigureAwait(false);
        await using (model.ConfigureAwait(false))
        {
            before = await TuningEvaluator.EvaluateAsync(model.AsIChatClient(), held).ConfigureAwait(false);
            LlamaAdapter adapter = await model.LoadAdapterAsync(file).ConfigureAwait(false);
            await using (adapter.ConfigureAwait(false))
            {
                after = await TuningEvaluator.EvaluateAsync(model.AsIChatClient(adapter), held).ConfigureAwait(false);
            }
        }

        File.Delete(file);
        JsonObject figures = new() { ["training"] = trained, ["before"] = SpecialistFigures.Of(before), ["after"] = SpecialistFigures.Of(after) };
        return new BenchmarkResult("specialist-functions", $"specialist-functions: before {SpecialistFigures.Line(before)}; after {SpecialistFigures.Line(after)}; {trained["minutes"]} minutes at {trained["tokens_per_second"]} tokens/s", after.Exact.Value > before.Exact.Value, figures);
    }

    /// <summary>Each question with its function and the first accepted value of each argument; optional arguments that may be left out are.</summary>
    private static IEnumerable<TuningExample> Examples()
    {
        string[] questions = File.ReadAllLines(ModelFile.FindShared("data", "bfcl", "BFCL_v4_simple_python.json"));
        string[] answers = File.ReadAllLines(ModelFile.FindShared("data", "bfcl", "possible_answer", "BFCL_v4_simple_python.json"));
        foreach ((string question, string answer) in questions.Zip(answers))
        {
            JsonObject asked = JsonNode.Parse(question)!.AsObject();
            JsonObject function = asked["function"]![0]!.AsObject();
            string name = (string)function["name"]!;
            Dictionary<string, object?> arguments = [];
            foreach ((string key, JsonNode? accepted) in JsonNode.Parse(answer)!["ground_truth"]![0]![name]!.AsObject())
            {
                if (!accepted!.AsArray().Any(v => v is JsonValue text && text.TryGetValue(out string? s) && s.Length == 0))
                {
                    arguments[key] = JsonSerializer.SerializeToElement(First(accepted[0]));
                }
            }

            JsonObject schema = (JsonObject)Schema(function["parameters"])!;
            yield return new TuningExample(
            [
                new ChatMessage(ChatRole.User, (string)asked["question"]![0]![0]!["content"]!),
                new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("call_0", name, arguments)]),
            ])
            {
                Tools = [AIFunctionFactory.CreateDeclaration(name, (string)function["description"]!, JsonDocument.Parse(schema.ToJsonString()).RootElement)],
            };
        }
    }

    /// <summary>Within an object each member has a list of accepted values as well.</summary>
    private static JsonNode? First(JsonNode? value) => value is JsonObject nested
        ? new JsonObject(nested.Select(m => KeyValuePair.Create(m.Key, m.Value is JsonArray { Count: > 0 } many ? First(many[0])?.DeepClone() : m.Value?.DeepClone())))
        : value?.DeepClone();

    /// <summary>Python's names of types as JSON Schema has them.</summary>
    private static JsonNode? Schema(JsonNode? node)
    {
        if (node is not JsonObject source)
        {
            return node?.DeepClone();
        }

        JsonObject target = [];
        foreach ((string key, JsonNode? value) in source)
        {
            switch (key)
            {
                case "type" when value is JsonValue type:
                    target[key] = (string)type! switch { "dict" => "object", "float" => "number", "tuple" => "array", "any" => "string", string other => other };
                    break;
                case "properties" when value is JsonObject properties:
                    target[key] = new JsonObject(properties.Select(p => KeyValuePair.Create(p.Key, Schema(p.Value))));
                    break;
                case "items":
                    target[key] = Schema(value);
                    break;
                case "default" or "optional":
                    break;
                default:
                    target[key] = value?.DeepClone();
                    break;
            }
        }

        return target;
    }
}
