using HeteroAgent.Benchmarks.Structured;
using HeteroAgent.LlamaCpp;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.Benchmarks.Tests;

/// <summary>LLamaSharp's contenders are compared with the raw loop, so they must do the same work.</summary>
public class LlamaSharpTests
{
    private LlamaModel? _model;

    [OneTimeSetUp]
    public async Task LoadAsync() => _model = await ModelLoading.LoadAsync(SharedData.Require("models", "stories260K.gguf"), threads: 1);

    [OneTimeTearDown]
    public void Dispose() => _model?.Dispose();

    [Test]
    public async Task Both_ways_write_what_the_raw_loop_writes_under_the_same_grammar([Values] bool cold)
    {
        GrammarTexts texts = new(null);
        LlamaSharpModel peer = new(_model!, 1, texts);
        await using RawContender raw = new(_model!, 1, new GrammarSamplers(_model!, texts));
        await using ConversationContender conversation = new(peer);
        await using ExecutorContender executor = new(peer);
        foreach (StructuredCase @case in EmbeddedCases.Create())
        {
            LlamaPrompt prompt = _model!.RenderPrompt(@case.Messages());
            Request request = new(@case, prompt.TokenIds, 48) { PromptText = prompt.Text };
            Answer expected = await AnswerAsync(raw, request, cold);
            Assert.That(expected.Output, Is.Not.Empty);
            foreach (IContender contender in (IContender[])[executor, conversation])
            {
                Answer answer = await AnswerAsync(contender, request, cold);
                Assert.That((answer.Output, answer.Tokens), Is.EqualTo((expected.Output, expected.Tokens)), $"{contender.Name}, {@case.Id}");
            }
        }
    }

    [Test]
    public async Task A_prompt_that_LLamaSharp_splits_otherwise_is_refused()
    {
        using LlamaSharpModel peer = new(_model!, 1, new GrammarTexts(null));
        await using ExecutorContender executor = new(peer);
        StructuredCase @case = EmbeddedCases.Create()[0];
        Request request = new(@case, _model!.RenderPrompt(@case.Messages()).TokenIds, 8) { PromptText = "Another prompt." };
        Assert.That(async () => await executor.PrepareAsync(request), Throws.TypeOf<ContenderException>().With.Message.Contains("tokens"));
    }

    /// <summary>The answer at once, or the one after an answer with the same prompt.</summary>
    private static async Task<Answer> AnswerAsync(IContender contender, Request request, bool cold)
    {
        await contender.PrepareAsync(request);
        Answer answer = await contender.AnswerAsync(request, cold: true);
        return cold ? answer : await contender.AnswerAsync(request, cold: false);
    }
}
