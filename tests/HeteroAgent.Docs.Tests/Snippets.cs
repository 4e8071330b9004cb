using System.Text.Json;
using Anthropic;
using HeteroAgent.LlamaCpp;
using HeteroAgent.Onnx;
using HeteroAgent.OpenAI;
using HeteroAgent.Starter;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace HeteroAgent.Docs.Tests;

#region types
public enum Urgency { Low, High }

public sealed record Ticket([property: Span] string Product, Urgency Urgency, int? OrderNumber = null);
#endregion

/// <summary>The code that the documentation shows. It is compiled here; <see cref="DocumentationTests"/> holds the pages to it and runs what needs no key.</summary>
internal static class Snippets
{
    public static async Task GoldenAsync()
    {
        #region golden
        await using LlamaModel model = await LlamaModel.LoadAsync("SmolLM2-135M-Instruct.Q4_1.gguf");
        IChatClient frontier = new AnthropicClient().AsIChatClient("claude-sonnet-4-5");
        Ledger ledger = new(frontierModel: "claude-sonnet-4-5");

        using IChatClient client = model.AsIChatClient()                    // a GGUF model in this process
            .WithEscalation(frontier, EscalateWhen.ConfidenceBelow(0.7)     // escalate what did not convince
                                    | EscalateWhen.SchemaInvalid
                                    | EscalateWhen.Faulted)
            .WithLedger(ledger);                                            // what it cost, what it saved

        var triage = new Subtask<string, Ticket>("triage", "Read the message and fill in the ticket.", client);
        SubtaskResult<Ticket> result = await triage.RunAsync("My Blender 3000 stopped, please hurry! Order 1042.");

        Console.WriteLine($"{result.Value} by {result.Route}, confidence {result.Confidence?.Score:F2}");
        Console.WriteLine(ledger.GetSnapshot().ToTable());
        #endregion
    }

    public static void Host(IServiceCollection services)
    {
        #region host
        services.AddKeyedChatClient("frontier", new AnthropicClient().AsIChatClient("claude-sonnet-4-5"));
        services.AddSingleton(new Ledger(frontierModel: "claude-sonnet-4-5"));
        services.AddLlamaModel("local", "SmolLM2-135M-Instruct.Q4_1.gguf")     // loads in the background
            .UseFunctionInvocation()                                            // the ecosystem's own tool loop stands outside
            .UseLedger()                                                        // what it cost, what it saved
            .UseEscalation("frontier", EscalateWhen.ConfidenceBelow(0.7)        // escalate what did not convince
                                     | EscalateWhen.SchemaInvalid
                                     | EscalateWhen.Faulted);
        #endregion
    }

    public static async Task AdaptersAsync(string message)
    {
        #region adapters
        await using LlamaModel model = await LlamaModel.LoadAsync("SmolLM2-135M-Instruct.Q4_1.gguf");
        await using LlamaAdapter tickets = await model.LoadAdapterAsync("ticket.lora.gguf");
        await using LlamaAdapter urgencies = await model.LoadAdapterAsync("urgency.lora.gguf");

        var triage = new Subtask<string, Ticket>("triage", "Read the message and fill in the ticket.", model.AsIChatClient(tickets));
        var urgency = new Subtask<string, Urgency>("urgency", "How urgent is the message?", model.AsIChatClient(urgencies));

        // Both on one model in memory, at the same time.
        Task<SubtaskResult<Ticket>> ticket = triage.RunAsync(message);
        Task<SubtaskResult<Urgency>> urgent = urgency.RunAsync(message);
        Console.WriteLine($"{(await ticket).Value}, urgency {(await urgent).Value}");
        #endregion
    }

    public static async Task TuningAsync()
    {
        #region tune-extract
        TuningSet train = await TuningSet.ReadAsync("train.jsonl");
        ExtractiveTrainingOptions options = new();
        options.Training.CheckpointPath = "calls.checkpoint";
        TuningResult result = await ExtractiveTrainer.TrainAsync(train.ToExtractive(), "calls.gguf", options);

        using ExtractiveModel specialist = await ExtractiveModel.LoadAsync(result.Files);
        #endregion

        #region tune-lora
        TuningResult adapter = await ModelTrainer.TrainAsync("SmolLM2-135M-Instruct.Q4_1.gguf", train, "calls.lora.gguf");

        await using LlamaModel model = await LlamaModel.LoadAsync("SmolLM2-135M-Instruct.Q4_1.gguf");
        await using LlamaAdapter calls = await model.LoadAdapterAsync(adapter.Files[0]);
        using IChatClient client = model.AsIChatClient(calls);
        #endregion
    }

    public static void Frontiers()
    {
        #region frontiers
        // Anthropic's own package
        IChatClient claude = new AnthropicClient().AsIChatClient("claude-sonnet-4-5");

        // Anything that speaks the OpenAI protocol: OpenAI, DeepSeek, vLLM, llama-server, Ollama
        OpenAICompatibleChatClient local70B = new(new Uri("http://localhost:11434/v1"), "llama3.3");
        #endregion
        claude.Dispose();
        local70B.Dispose();
    }

    public static async Task StarterAsync(IChatClient frontier, IList<AITool> tools)
    {
        #region starter
        using ExtractiveModel model = await StarterModel.LoadAsync();
        using IChatClient client = model.AsIChatClient()
            .WithEscalation(frontier, EscalateWhen.ConfidenceBelow(StarterModel.EscalationThreshold)
                                    | EscalateWhen.Faulted);

        ChatResponse response = await client.GetResponseAsync("add this track to my road trip playlist", new ChatOptions { Tools = tools });
        FunctionCallContent call = response.Messages[^1].Contents.OfType<FunctionCallContent>().First();
        #endregion
        Console.WriteLine(call.Name);
    }

    public static async Task StructuredAsync(LlamaModel model, JsonElement schema)
    {
        #region structured
        using IChatClient client = model.AsIChatClient();
        ChatResponse response = await client.GetResponseAsync("Book a table at the Blue Lantern in Ghent.", new ChatOptions
        {
            ResponseFormat = ChatResponseFormat.ForJsonSchema(schema),
            MaxOutputTokens = 100,
        });
        Confidence confidence = response.GetConfidence()!;
        Console.WriteLine($"{response.Text} (mean {confidence.MeanLogprob:F2}, lowest {confidence.MinLogprob:F2})");
        #endregion
    }

    public static async Task SamplingAsync(IChatClient client)
    {
        #region sampling
        ChatOptions options = new()
        {
            Temperature = 0.8f,
            Seed = 1,
            RawRepresentationFactory = c => c is LlamaChatClient ? new LlamaSamplingOptions { MinP = 0.05f, Logprobs = true } : null,
        };
        ChatResponse response = await client.GetResponseAsync("Name a colour.", options);
        foreach (TokenLogprob token in response.GetLogprobs())
        {
            Console.WriteLine($"{token.Text} {token.Logprob:F3}");
        }
        #endregion
    }

    public static async Task EmbeddingsAsync()
    {
        #region embeddings
        await using LlamaModel model = await LlamaModel.LoadAsync("all-MiniLM-L6-v2.Q8_0.gguf");
        using IEmbeddingGenerator<string, Embedding<float>> generator = model.AsIEmbeddingGenerator();
        GeneratedEmbeddings<Embedding<float>> vectors = await generator.GenerateAsync(["a dog barks", "a hound makes noise"]);
        #endregion
        Console.WriteLine(vectors.Count);
    }

    public static void Escalation(IChatClient local, IChatClient frontier)
    {
        #region escalation
        using IChatClient client = local.WithEscalation(
            frontier,
            EscalateWhen.ConfidenceBelow(0.7) | EscalateWhen.SchemaInvalid | EscalateWhen.Truncated | EscalateWhen.Faulted | EscalateWhen.ContextOverflow,
            new EscalationLimits { CallsPerMinute = 60, DollarsPerDay = 5, WhenReached = EscalationLimitBehavior.KeepLocalAnswer });
        #endregion
    }

    public static async Task VerificationAsync(IChatClient local, IChatClient frontier, IProcessVerifier verifier)
    {
        #region verification
        using IChatClient client = local
            .WithVerification(verifier)                            // score every step
            .WithEscalation(frontier, EscalateWhen.ScoreBelow(0.7) // the mean of the steps
                                    | EscalateWhen.ErrorFound);    // or one step that is wrong

        ChatResponse response = await client.GetResponseAsync("A box holds 7 cups. How many cups are in 12 boxes?");
        foreach (StepReason reason in response.GetVerification()?.Reasons ?? [])
        {
            Console.WriteLine(reason.Text);
        }
        #endregion
    }

    public static async Task StreamingAsync(IChatClient local, IChatClient frontier, IProcessVerifier verifier)
    {
        #region streaming
        StepwiseEscalatingChatClient client = local.WithStepwiseEscalation(
            frontier,
            verifier,
            EscalateWhen.Faulted | EscalateWhen.Truncated,   // what else is handed over, with what was shown
            new EscalationLimits { CallsPerMinute = 60 });

        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("A box holds 7 cups. How many cups are in 12 boxes?"))
        {
            Console.Write(update.Text);
        }
        #endregion
    }

    public static async Task ReplayAsync()
    {
        #region replay
        ReplayLog log = await ReplayLog.ReadAsync("log.jsonl");
        ReplayReport report = ReplayEvaluator.Evaluate(log, new ReplayOptions { Prior = StarterAnswerPrior.Load() });
        Console.WriteLine(report.VerdictText);
        Console.WriteLine($"APGR {report.Apgr.Value:F3} [{report.Apgr.Low:F3}, {report.Apgr.High:F3}]");
        #endregion
    }

    public static void Risk(IChatClient local, IChatClient frontier, IEnumerable<(ChatResponse Response, bool IsCorrect)> answered)
    {
        #region risk
        LabeledCall[] calls = [.. answered.Select(a => new LabeledCall(a.Response, a.IsCorrect))];
        RiskCalibration calibration = RiskCalibration.Fit("triage", calls, new RiskCalibrationOptions { PromptVersion = "7" });
        calibration.Save("triage.risk.json");

        RiskCalibration loaded = RiskCalibration.Load("triage.risk.json");
        loaded.EnsureMatches(task: "triage", promptVersion: "7");
        using IChatClient client = local.WithEscalation(frontier, EscalateWhen.RiskAbove(0.05, loaded) | EscalateWhen.Faulted);
        #endregion
    }

    public static async Task<double> VerifierAsync(string question, IReadOnlyList<string> steps)
    {
        #region verifier
        using ProcessVerifier verifier = StarterVerifier.Load();
        VerificationResult result = await verifier.VerifyAsync(new ReasoningTrace(question, steps));
        #endregion
        return result.IntegrityScore;
    }
}
