using System.Runtime.CompilerServices;
using HeteroAgent.Starter;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Models that nobody disposes: what is still used stays, the rest is freed with its threads.</summary>
[NonParallelizable]
public sealed class ForgottenModelTests
{
    private static readonly ChatOptions Few = new() { MaxOutputTokens = 4 };

    private static LlamaModelOptions Options(string name) => new() { ModelId = name, ChatTemplate = "chatml", ContextLength = 1024, GpuLayers = 0 };

    [Test]
    public async Task Models_that_are_forgotten_free_their_memory_and_their_threads()
    {
        List<Forgotten> forgotten = [];
        for (int i = 0; i < 4; i++)
        {
            forgotten.Add(await UseAndForgetAsync("fgt-use"));
        }

        await CollectAsync(() => forgotten.TrueForAll(f => f.IsGone));
        Assert.Multiple(() =>
        {
            Assert.That(forgotten.Count(f => f.Model.IsAlive), Is.Zero, "models");
            Assert.That(forgotten.Count(f => f.Handle.IsAlive), Is.Zero, "native models that were not freed");
        });
        await RequireNoThreadAsync("fgt-use");
    }

    [Test]
    public async Task An_extractive_model_that_is_forgotten_frees_its_memory_and_its_threads()
    {
        WeakReference model = await ExtractAndForgetAsync();
        await CollectAsync(() => !model.IsAlive);
        Assert.That(model.IsAlive, Is.False);
    }

    [Test]
    public async Task A_client_keeps_its_model_alive()
    {
        IChatClient client = await ClientAsync();
        await CollectAsync(static () => false);
        Assert.That((await client.GetResponseAsync("Once", Few)).Text, Is.Not.Empty);
        client.GetService<LlamaModel>()!.Dispose();
    }

    [Test]
    public async Task A_request_that_nobody_holds_still_ends_with_its_answer()
    {
        TaskCompletionSource<ChatResponse> answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await AskAndForgetAsync(answered);
        while (!answered.Task.IsCompleted)
        {
            GC.Collect();
            await Task.Delay(1);
        }

        Assert.That((await answered.Task).FinishReason, Is.EqualTo(ChatFinishReason.Length));
    }

    [Test]
    public async Task Requests_that_come_and_go_are_all_served_while_garbage_is_collected()
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.StoriesPath, Options("fgt-busy"));
        using CancellationTokenSource stop = new();
        Task collecting = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
        for (int i = 0; i < 50; i++)
        {
            Assert.That((await model.AsIChatClient().GetResponseAsync("Once", Few)).Text, Is.Not.Empty);
        }

        await stop.CancelAsync();
        await collecting;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<Forgotten> UseAndForgetAsync(string name)
    {
        LlamaModel model = await LlamaModel.LoadAsync(Models.StoriesPath, Options(name));
        _ = await model.AsIChatClient().GetResponseAsync("Once", Few);
        _ = await model.AsIEmbeddingGenerator().GenerateAsync(["once"]);
        return new Forgotten(new WeakReference(model), new WeakReference(model.Handle, trackResurrection: true));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> ExtractAndForgetAsync()
    {
        ExtractiveModel model = await ExtractiveModel.LoadAsync(StarterModel.Paths);
        _ = await model.ExtractAsync(["play some jazz", "play some rock"]);
        return new WeakReference(model);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<IChatClient> ClientAsync() => (await LlamaModel.LoadAsync(Models.StoriesPath, Options("fgt-client"))).AsIChatClient();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task AskAndForgetAsync(TaskCompletionSource<ChatResponse> answered)
    {
        IChatClient client = (await LlamaModel.LoadAsync(Models.StoriesPath, Options("fgt-ask"))).AsIChatClient();
        _ = client.GetResponseAsync("Once", new ChatOptions { MaxOutputTokens = 500 }).ContinueWith(
            t => t.IsCompletedSuccessfully ? answered.TrySetResult(t.Result) : answered.TrySetException(t.Exception!.InnerExceptions), TaskScheduler.Default);
    }

    // The finalisers free some of it on other threads, and what these held is collected by the next round.
    private static async Task CollectAsync(Func<bool> until)
    {
        for (int i = 0; i < 50 && !until(); i++)
        {
            // First, so that the method that forgot the model is no longer on the stack.
            await Task.Delay(10);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    // Linux shows the first 15 letters of a thread's name.
    private static async Task RequireNoThreadAsync(string name)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        string[] Left() => [.. Directory.EnumerateDirectories("/proc/self/task").Select(Name).Where(n => n.StartsWith($"llama.cpp {name}"[..15], StringComparison.Ordinal))];
        await CollectAsync(() => Left().Length == 0);
        Assert.That(Left(), Is.Empty);
    }

    private static string Name(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm"));
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }

    private sealed record Forgotten(WeakReference Model, WeakReference Handle)
    {
        internal bool IsGone => !Model.IsAlive && !Handle.IsAlive;
    }
}
