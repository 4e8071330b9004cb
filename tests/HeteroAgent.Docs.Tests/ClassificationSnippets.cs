using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Docs.Tests;

/// <summary>The code that the page on classification shows.</summary>
internal static class ClassificationSnippets
{
    private enum Intent
    {
        CardArrival,
        LostOrStolenCard,
        ExchangeRate,
    }

    public static async Task TrainAsync(LlamaModel encoder)
    {
        #region train
        TuningSet set = await TuningSet.ReadAsync("train.jsonl");
        ClassifierHead head = await ClassifierTrainer.TrainAsync(set, encoder.AsIEmbeddingGenerator());
        await head.SaveAsync("bank.head");
        Console.WriteLine($"{head.Labels.Count} labels, {head.HeldOut?.Accuracy:P1} right on examples held out");
        #endregion
    }

    public static async Task ClassifyAsync()
    {
        #region classify
        using TextClassifier classifier = await TextClassifier.LoadAsync("all-MiniLM-L6-v2.Q8_0.gguf", ["bank.head", "urgency.head"]);
        IReadOnlyList<Classification> found = await classifier.ClassifyAllAsync("Where is my card?"); // one pass of the encoder
        Console.WriteLine($"{found[0].Label} {found[0].Probability:P1}, in scope: {found[0].IsInScope}");
        #endregion
    }

    public static async Task AskAsync(TextClassifier classifier, IChatClient frontier, string message)
    {
        #region ask
        using IChatClient client = classifier.AsIChatClient()
            .WithEscalation(frontier, ClassifyingChatClient.EscalateWhenOutOfScope | EscalateWhen.ConfidenceBelow(0.6));
        var triage = new Subtask<string, Intent>("intent", "What does the customer want?", client);
        SubtaskResult<Intent> result = await triage.RunAsync(message);
        #endregion
        Console.WriteLine(result.Value);
    }

    public static async Task ScopeAsync(TuningSet set, LlamaModel encoder, IReadOnlyList<string> foreign)
    {
        #region scope
        ClassifierTrainingOptions options = new() { OutOfScope = foreign };
        ClassifierHead head = await ClassifierTrainer.TrainAsync(set, encoder.AsIEmbeddingGenerator(), options);
        #endregion
        Console.WriteLine(head.InScopeThreshold);
    }
}
