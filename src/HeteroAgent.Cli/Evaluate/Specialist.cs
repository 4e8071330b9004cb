using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Cli;

/// <summary>A specialist of any kind, told by its file.</summary>
internal sealed class Specialist : IDisposable
{
    private readonly IDisposable[] _owned;

    private Specialist(string kind, string name, IChatClient client, bool takesTools, params IDisposable[] owned)
    {
        Kind = kind;
        Name = name;
        Client = client;
        TakesTools = takesTools;
        _owned = owned;
    }

    /// <summary><c>extractive</c> or <c>generative</c>.</summary>
    internal string Kind { get; }

    internal string Name { get; }

    internal IChatClient Client { get; }

    /// <summary>Whether the tools of an example are offered: an extractive model knows its own.</summary>
    internal bool TakesTools { get; }

    internal static async Task<Specialist> LoadAsync(IReadOnlyList<string> paths, string? adapter, string? template, CancellationToken cancellationToken)
    {
        bool extractive = GgufFile.Read(paths[0]).Metadata.TryGetString("extract.tools", out _);
        if (adapter is not null)
        {
            throw new UsageException(extractive ? "--adapter goes with a model that generates answers." : "--adapter cannot be loaded by this version; merge it into its base first.");
        }

        if (extractive)
        {
            ExtractiveModel model = await ExtractiveModel.LoadAsync(paths, options: null, cancellationToken).ConfigureAwait(false);
            return new Specialist("extractive", model.Name, model.AsIChatClient(), takesTools: false, model);
        }

        if (paths.Count > 1)
        {
            throw new UsageException($"Several models are averaged only where they are extractive; '{paths[0]}' is not.");
        }

        LlamaModel llama = await LlamaModel.LoadAsync(paths[0], new LlamaModelOptions { ChatTemplate = template }, progress: null, cancellationToken).ConfigureAwait(false);
        return new Specialist("generative", llama.Name, llama.AsIChatClient(), takesTools: true, llama);
    }

    public void Dispose()
    {
        Client.Dispose();
        Array.ForEach(_owned, o => o.Dispose());
    }
}
