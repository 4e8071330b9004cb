using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Eight conversations, and a model of random weights whose vocabulary is learnt from them.</summary>
internal static class TinyBase
{
    internal static readonly (string Prompt, string Answer)[] Conversations =
    [
        ("Where is my parcel?", "It left the depot on Monday."),
        ("Cancel the order 4711.", "Order 4711 is cancelled."),
        ("Is the shop open on Sunday?", "No, only from Monday to Saturday."),
        ("Which colours are there?", "Red, green and dark blue."),
        ("Can I pay by invoice?", "Yes, within thirty days."),
        ("The lamp is broken.", "We will send a new lamp today."),
        ("Who made this table?", "A joiner in the Black Forest: Müller & Sons."),
        ("Thank you!", "You are welcome."),
    ];

    internal static TuningSet Set { get; } = TuningSet.FromExamples(Conversations.Select((c, i) => new TuningExample(c.Prompt, c.Answer) { Line = i + 1 }));

    internal static string Write(TemporaryFolder folder, string name = "base.gguf")
    {
        string path = Path.Combine(folder.Path, name);
        BytePairVocabulary vocabulary = BytePairVocabulary.Learn(Conversations.SelectMany(c => (string[])[c.Prompt, c.Answer]), new BytePairVocabularyOptions { Size = 320 });
        ScratchModel.Create(path, new ScratchShape(64, 2) { ContextLength = 128 }, vocabulary);
        return path;
    }

    internal static ModelTrainingOptions Options(int epochs, LoraOptions? lora) => new()
    {
        Lora = lora,
        MaxTokens = 128,
        Training = new TuningOptions { Epochs = epochs, BatchSize = 4, LearningRate = lora is null ? 3e-3 : 2e-2, WarmupSteps = 5, Threads = 1 },
    };

    /// <summary>What the engine answers to each prompt, the likeliest token every time.</summary>
    internal static async Task<string[]> AnswersAsync(IChatClient client)
    {
        List<string> answers = [];
        foreach ((string prompt, _) in Conversations)
        {
            answers.Add((await client.GetResponseAsync(prompt, new ChatOptions { Temperature = 0, MaxOutputTokens = 60 })).Text);
        }

        return [.. answers];
    }
}
