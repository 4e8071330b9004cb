using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

// runtime FOLDER    loads the native libraries of a folder
// configured FOLDER loads them after the application has configured LLamaSharp: no GPU, the CPU level avx2, a search directory and a log of its own
// policy FOLDER     loads them after the application has told LLamaSharp how to select them
// loaded [FOLDER]   loads them after LLamaSharp has loaded them, and asks for a folder where one is named
// chat              loads each model that is named on a line of the input, and asks it for three tokens
// extract           loads each extractive model that is named on a line of the input, and asks it for a call
// adapter MODEL     loads each adapter that is named on a line of the input beside the model, and asks for three tokens with it
// train BASE DATA OUTPUT  trains an adapter with a checkpoint after every step, going on from one that is there; says each step and waits for a line before the next, then says the losses
// Each answer is one line of JSON.
return args switch
{
    ["runtime", string folder] => await TellAsync(() =>
    {
        LlamaRuntime runtime = LlamaRuntime.Load(new LlamaRuntimeOptions { NativePath = folder });
        return Task.FromResult(runtime.Version);
    }),
    ["configured", string folder] => await TellAsync(() => Task.FromResult(ApplicationRuntime.Configured(folder))),
    ["policy", string folder] => await TellAsync(() => Task.FromResult(ApplicationRuntime.WithPolicy(folder))),
    ["loaded", .. string[] folder] => await TellAsync(() => Task.FromResult(ApplicationRuntime.Loaded(folder.FirstOrDefault()))),
    ["chat"] => await EachAsync(async path =>
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(path, new LlamaModelOptions { ChatTemplate = "chatml", ContextLength = 256, MaxConcurrentRequests = 2 });
        using IChatClient client = model.AsIChatClient();
        return (await client.GetResponseAsync("Once upon a time", new ChatOptions { MaxOutputTokens = 3 })).Usage!.OutputTokenCount!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }),
    ["adapter", string file] => await WithModelAsync(file, AnswerAsync),
    ["extract"] => await EachAsync(async path =>
    {
        using ExtractiveModel model = await ExtractiveModel.LoadAsync(path);
        using IChatClient client = model.AsIChatClient();
        return (await client.GetResponseAsync("play some jazz by miles davis")).Text;
    }),
    ["train", string file, string data, string output] => await TellAsync(() => TrainAsync(file, data, output)),
    _ => throw new ArgumentException($"Unknown arguments: {string.Join(' ', args)}"),
};

static async Task<int> WithModelAsync(string file, Func<LlamaModel, string, Task<string>> ask)
{
    await using LlamaModel model = await LlamaModel.LoadAsync(file, new LlamaModelOptions { ChatTemplate = "chatml", MaxConcurrentRequests = 2 });
    return await EachAsync(path => ask(model, path));
}

static async Task<string> AnswerAsync(LlamaModel model, string path)
{
    await using LlamaAdapter adapter = await model.LoadAdapterAsync(path);
    using IChatClient client = model.AsIChatClient(adapter);
    return (await client.GetResponseAsync("Once", new ChatOptions { MaxOutputTokens = 3 })).Usage!.OutputTokenCount!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

static async Task<string> TrainAsync(string file, string data, string output)
{
    ModelTrainingOptions options = new() { Lora = new LoraOptions { Rank = 4 }, MaxTokens = 128 };
    options.Training = new TuningOptions
    {
        Epochs = 20,
        BatchSize = 4,
        LearningRate = 2e-2,
        WarmupSteps = 5,
        Threads = 1,
        CheckpointPath = output + ".checkpoint",
        CheckpointInterval = TimeSpan.Zero,
        Resume = true,
    };
    TuningResult result = await ModelTrainer.TrainAsync(file, await TuningSet.ReadAsync(data), output, options, progress: new StepByStep());
    return string.Join(' ', result.Losses.Select(l => l.ToString("R", System.Globalization.CultureInfo.InvariantCulture)));
}

static async Task<int> EachAsync(Func<string, Task<string>> ask)
{
    while (await Console.In.ReadLineAsync() is { } path)
    {
        _ = await TellAsync(() => ask(path));
    }

    return 0;
}

static async Task<int> TellAsync(Func<Task<string>> ask)
{
    JsonObject answer = [];
    try
    {
        answer["answer"] = await ask();
    }
#pragma warning disable CA1031 // Every exception is the answer: the caller judges whether its type is right.
    catch (Exception e)
    {
        answer["error"] = e.GetType().Name;
        answer["message"] = e.Message;
        answer["attempts"] = e is LlamaRuntimeException runtime ? new JsonArray([.. runtime.Attempts.Select(a => (JsonNode)a)]) : null;
    }
#pragma warning restore CA1031

    Console.WriteLine(answer.ToJsonString());
    return 0;
}

/// <summary>Says each step, and goes on when told to.</summary>
internal sealed class StepByStep : IProgress<TuningProgress>
{
    public void Report(TuningProgress value)
    {
        Console.WriteLine(new JsonObject { ["step"] = value.Step }.ToJsonString());
        _ = Console.In.ReadLine();
    }
}
