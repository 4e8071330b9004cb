using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Damaged models through the whole engine: native code opens those that the reader lets through, in a process that must live to the end.</summary>
public sealed class MutationTests
{
    private static readonly string[] Typed =
    [
        nameof(GgufException), nameof(LlamaModelException), nameof(ExtractionException), nameof(UnsupportedChatTemplateException), nameof(ContextOverflowException),
    ];

    [TestCase("stories260K.gguf", "chat", 1000)]
    [TestCase("starter/snips.gguf", "extract", 300)]
    public async Task Mutated_models_are_served_or_refused(string model, string mode, int count)
    {
        byte[] file = await File.ReadAllBytesAsync(SharedData.Require(["models", .. model.Split('/')]));
        using TemporaryFolder folder = new();
        using Probe probe = new(mode);
        await MutatedFiles.RequireServedOrRefusedAsync(probe, folder, file, count, seed: 20, TimeSpan.FromMinutes(5), Typed);
    }
}
