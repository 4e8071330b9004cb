using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Forced and drafted tokens in the scheduler: limits, cells, neighbours, streams, seeds.</summary>
public sealed class ForcedDecodingTests
{
    private const string Story = "Once upon a time there was a little girl named Lily. She loved to play with her red ball in the park. One day Lily lost her red ball in the park.";

    private static readonly AIFunction Ping = AIFunctionFactory.Create(() => 1, "ping_the_server", "Ping.");
    private static readonly AIFunction Note = AIFunctionFactory.Create((string text_of_the_note) => text_of_the_note, "take_note", "Note.");

    // A key of 40 bytes, a choice, and free text.
    private static readonly JsonElement Document = Schemas.Parse($$$"""{"type":"object","properties":{"{{{new string('k', 40)}}}":{"enum":["red","blue"]},"text":{"type":"string","maxLength":60}},"required":["{{{new string('k', 40)}}}","text"]}""");

    private static async Task<LlamaModel> LoadAsync(int context = 512, int concurrent = 16, int batch = 512)
    {
        LlamaModel model = await LlamaModel.LoadAsync(Models.StoriesPath, new LlamaModelOptions { ChatTemplate = "chatml", ContextLength = context, MaxConcurrentRequests = concurrent, BatchSize = batch });

        // As if a drafted token cost next to nothing, so that whatever can be drafted is.
        model.Scheduler.StepCost.Given = 1e-6;
        return model;
    }

    private static ChatOptions Options(JsonElement schema, bool fast = true, bool? drafts = null) => new()
    {
        ResponseFormat = ChatResponseFormat.ForJsonSchema(schema),
        RawRepresentationFactory = _ => new LlamaSamplingOptions { Logprobs = true, ForcedTokens = fast, DraftTokens = drafts },
    };

    private static long Count(ChatResponse response, string name) => response.Usage!.AdditionalCounts![name];

    [Test]
    public async Task A_document_that_is_forced_whole_is_written_without_a_step()
    {
        await using LlamaModel model = await LoadAsync();
        using IChatClient client = model.AsIChatClient();
        ChatResponse response = await client.GetResponseAsync("x", new ChatOptions { Tools = [Ping], ToolMode = ChatToolMode.RequireAny });
        Assert.That(response.Messages[0].Contents.OfType<FunctionCallContent>().Single().Name, Is.EqualTo("ping_the_server"));
        Assert.That(Count(response, TokenCountNames.Forced), Is.EqualTo(response.Usage!.OutputTokenCount).And.GreaterThan(5));
        Assert.That(response.GetConfidence()!.TokenCount, Is.Zero);
        Assert.That(response.GetConfidence()!.Score, Is.EqualTo(1));
        Assert.That(response.FinishReason, Is.EqualTo(ChatFinishReason.ToolCalls));
        Assert.That(model.Scheduler.FreeCells, Is.EqualTo(model.ContextLength), "nothing was decoded");
    }

    [Test]
    public async Task Forced_tokens_are_marked_and_no_part_of_the_confidence()
    {
        await using LlamaModel model = await LoadAsync();
        using IChatClient client = model.AsIChatClient();
        ChatResponse response = await client.GetResponseAsync("x", Options(Document));
        IReadOnlyList<TokenLogprob> tokens = response.GetLogprobs();
        TokenLogprob[] chosen = [.. tokens.Where(t => !t.IsForced)];
        Assert.That(tokens.Count(t => t.IsForced), Is.EqualTo(Count(response, TokenCountNames.Forced)).And.GreaterThan(20));
        Assert.That(tokens.Where(t => t.IsForced).Select(t => t.Logprob), Has.All.Zero);
        Assert.That(response.GetConfidence()!.MeanLogprob, Is.EqualTo(chosen.Average(t => t.Logprob)).Within(1e-6));
        Assert.That(response.GetConfidence()!.TokenCount, Is.EqualTo(chosen.Length));
        Assert.That(string.Concat(tokens.Select(t => t.Text)), Is.EqualTo(response.Text));
        Assert.That(response.Text, Does.StartWith("{\"" + new string('k', 40)));
    }

    [Test]
    public async Task Every_sampled_token_is_the_greedy_one()
    {
        await using LlamaModel model = await LoadAsync(context: 1024);
        using IChatClient client = model.AsIChatClient();
        using RawContext raw = new(model);
        GreedyCheck check = new(model, raw);
        const int Most = 150;
        long drafted = 0;
        for (int i = 0; i < 8; i++)
        {
            ChatOptions options = Options(Document);
            options.MaxOutputTokens = Most;
            ChatMessage message = new(ChatRole.User, $"{Story} {i}");
            ChatResponse response = await client.GetResponseAsync([message], options);
            drafted += Count(response, TokenCountNames.Drafted);
            check.Check([.. model.RenderPrompt([message], options).TokenIds], [.. response.GetLogprobs().Select(t => (t.TokenId, t.IsForced))], JsonGrammar.Compile(Document).CreateState(model.TokenVocabulary), Most);
        }

        TestContext.Out.WriteLine($"{check.Best} best, {check.NearBest} within rounding, {check.SameSplit} and {check.OtherSplit} forced, {drafted} drafted");
        Assert.That(check.NearBest, Is.LessThanOrEqualTo(2));
        Assert.That(drafted, Is.GreaterThan(5));
    }

    [Test]
    public async Task What_was_drafted_in_vain_leaves_no_cell_behind()
    {
        await using LlamaModel model = await LoadAsync();
        using IChatClient client = model.AsIChatClient();
        long rejected = 0;
        for (int i = 0; i < 6; i++)
        {
            int before = model.Scheduler.FreeCells;
            ChatResponse response = await client.GetResponseAsync($"{i} {Story}", Options(Document));
            rejected += Count(response, TokenCountNames.RejectedDraft);
            Assert.That(before - model.Scheduler.FreeCells, Is.LessThanOrEqualTo(response.Usage!.TotalTokenCount!.Value));
        }

        Assert.That(rejected, Is.GreaterThan(0), "nothing was ever rolled back");
        Assert.That(await SchedulerFaultTests.FillsTheWholeCacheAsync(model), Is.True);
    }

    [TestCase(62)]
    [TestCase(66)]
    [TestCase(75)]
    public async Task A_token_limit_holds_and_the_document_is_closed(int above)
    {
        await using LlamaModel model = await LoadAsync();
        using IChatClient client = model.AsIChatClient();
        int least = JsonGrammar.Compile(Document).CreateState(model.TokenVocabulary).MinimumBytesToComplete;
        ChatOptions options = Options(Document);
        options.MaxOutputTokens = Math.Max(above, least);
        ChatResponse response = await client.GetResponseAsync(Story, options);
        Assert.That(JsonDocument.Parse(response.Text).RootElement.GetProperty("text").ValueKind, Is.EqualTo(JsonValueKind.String));
        Assert.That(response.Usage!.OutputTokenCount, Is.LessThanOrEqualTo(options.MaxOutputTokens));
        Assert.That(response.FinishReason, Is.EqualTo(ChatFinishReason.Stop));
    }

    [Test]
    public async Task A_stream_shows_the_same_text_and_counts()
    {
        await using LlamaModel model = await LoadAsync();
        using IChatClient client = model.AsIChatClient();
        ChatOptions options = Options(Document);
        ChatResponse whole = await client.GetResponseAsync(Story, options);
        StringBuilder shown = new();
        List<ChatResponseUpdate> updates = [];
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(Story, options))
        {
            updates.Add(update);
            shown.Append(update.Text);
        }

        Assert.That(shown.ToString(), Is.EqualTo(whole.Text));
        Assert.That(Count(updates.ToChatResponse(), TokenCountNames.Forced), Is.EqualTo(Count(whole, TokenCountNames.Forced)));
        Assert.That(updates.ToChatResponse().GetConfidence()!.TokenCount, Is.EqualTo(whole.GetConfidence()!.TokenCount));
    }

    [Test]
    public async Task A_stream_that_is_left_in_the_middle_gives_its_cells_back()
    {
        await using LlamaModel model = await LoadAsync();
        using IChatClient client = model.AsIChatClient();
        for (int most = 1; most < 60; most += 7)
        {
            int updates = 0;
            await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync(Story, Options(Document)))
            {
                if (++updates == most)
                {
                    break;
                }
            }
        }

        Assert.That(await SchedulerFaultTests.FillsTheWholeCacheAsync(model), Is.True);
    }

    [Test]
    public async Task Drafting_changes_no_draw()
    {
        await using LlamaModel model = await LoadAsync(context: 2048);
        using IChatClient client = model.AsIChatClient();
        long drafted = 0;
        int same = 0;
        for (int seed = 0; seed < 10; seed++)
        {
            async Task<ChatResponse> AskAsync(bool? drafts)
            {
                ChatOptions options = Options(Document, drafts: drafts);
                options.Temperature = 0.7f;
                options.Seed = seed;
                return await client.GetResponseAsync(Story, options);
            }

            ChatResponse with = await AskAsync(null);
            ChatResponse again = await AskAsync(null);
            ChatResponse without = await AskAsync(false);
            drafted += Count(with, TokenCountNames.Drafted) + Count(with, TokenCountNames.RejectedDraft);
            Assert.That(Count(without, TokenCountNames.Drafted) + Count(without, TokenCountNames.RejectedDraft), Is.Zero);
            same += with.Text == without.Text && with.Text == again.Text ? 1 : 0;
        }

        Assert.That(drafted, Is.GreaterThan(10));
        Assert.That(same, Is.GreaterThanOrEqualTo(9), "a draw may fall on the edge that rounding moves");
    }

    [Test]
    public async Task Forced_runs_longer_than_a_batch_and_beside_many_others_are_served()
    {
        // The run alone is longer than a step, and 40 of them share each.
        string key = string.Concat(Enumerable.Range(0, 30).Select(i => $"k{i}"));
        JsonElement schema = Schemas.Parse($$$"""{"type":"object","properties":{"s":{"enum":["a","b"]},"{{{key}}}":{"type":"string","maxLength":4}},"required":["s","{{{key}}}"]}""");
        await using LlamaModel model = await LoadAsync(context: 8192, concurrent: 40, batch: 32);
        using IChatClient client = model.AsIChatClient();
        ChatResponse alone = await client.GetResponseAsync("tell 0", Options(schema));
        ChatResponse[] together = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => client.GetResponseAsync($"tell {i}", Options(schema))));
        Assert.That(together.Select(r => JsonDocument.Parse(r.Text).RootElement.GetProperty(key).ValueKind), Has.All.EqualTo(JsonValueKind.String));
        Assert.That(together[0].Text, Is.EqualTo(alone.Text));
        Assert.That(together.Select(r => Count(r, TokenCountNames.Forced)), Has.All.GreaterThan(40));
    }

    [Test]
    public async Task Requests_that_step_back_in_a_forced_run_go_on_where_they_were()
    {
        // Answers without a limit, in a cache that holds two or three of them.
        await using LlamaModel model = await LoadAsync(context: 320, concurrent: 8, batch: 32);
        using IChatClient client = model.AsIChatClient();
        ChatResponse[] answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => client.GetResponseAsync($"tell story {i}", Options(Document)))).WaitAsync(TimeSpan.FromMinutes(1));
        foreach (ChatResponse answer in answers)
        {
            Assert.That(JsonDocument.Parse(answer.Text).RootElement.EnumerateObject().Count(), Is.EqualTo(2));
            Assert.That(string.Concat(answer.GetLogprobs().Select(t => t.Text)), Is.EqualTo(answer.Text));
            Assert.That(answer.GetLogprobs(), Has.Count.EqualTo(answer.Usage!.OutputTokenCount));
            Assert.That(answer.Usage.CachedInputTokenCount, Is.LessThan(answer.Usage.InputTokenCount!.Value));
        }

        Assert.That(await SchedulerFaultTests.FillsTheWholeCacheAsync(model), Is.True);
    }

    [Test]
    public async Task A_tool_call_that_the_model_begins_is_forced_on()
    {
        await using LlamaModel model = await LoadAsync(context: 1024);
        int[] prompt = Requests.Tokens(model, "x");
        JsonGrammar grammar = ToolCallGrammar.One([new ToolDeclaration("take_note", Note.JsonSchema)]);
        TriggeredConstraint constraint = new(model.Vocabulary, new GrammarConstraint(grammar.CreateState(model.TokenVocabulary)));
        Assert.That(constraint.ForcedByte, Is.EqualTo(-1), "it may as well write text");
        constraint.Advance(model.Vocabulary.Tokenize("{"u8.ToArray())[^1]);
        GenerationRequest request = Requests.Generate(model, prompt, 200, constraint: constraint);
        List<GeneratedToken> tokens = await Requests.RunAsync(model, request);
        string text = Encoding.UTF8.GetString([.. tokens.SelectMany(t => t.Bytes.ToArray())]);
        Assert.That(text, Does.StartWith("\"name\":\"take_note\",\"arguments\":{\"text_of_the_note\":\""));
        Assert.That(tokens.Count(t => t.IsForced), Is.GreaterThan(10).And.EqualTo(request.ForcedTokens));
        Assert.That(tokens[^1].IsForced, Is.EqualTo(text.EndsWith("\"}}", StringComparison.Ordinal) && !Encoding.UTF8.GetString(tokens[^1].Bytes.Span).Contains('"')));
    }

    [Test]
    public async Task Free_text_is_drafted_only_where_that_is_asked_for()
    {
        await using LlamaModel model = await LoadAsync(context: 1024);
        using IChatClient client = model.AsIChatClient();
        ChatOptions options = new() { MaxOutputTokens = 150 };
        ChatResponse plain = await client.GetResponseAsync(Story, options);
        options.RawRepresentationFactory = _ => new LlamaSamplingOptions { DraftTokens = true };
        ChatResponse drafted = await client.GetResponseAsync(Story, options);
        Assert.That(plain.Usage!.AdditionalCounts, Is.Null);
        Assert.That(Count(drafted, TokenCountNames.Drafted), Is.GreaterThan(0));
        Assert.That(drafted.Text, Is.EqualTo(plain.Text));
    }
}
