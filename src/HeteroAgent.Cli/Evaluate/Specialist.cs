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

    /// <summary><c>extractive</c>, <c>classifier</c> or <c>generative</c>.</summary>
    internal string Kind { get; }

    internal string Name { get; }

    internal IChatClient Client { get; }

    /// <summary>Whether the tools of an example are offered: an extractive model knows its own.</summary>
    internal bool TakesTools { get; }

    internal static async Task<Specialist> LoadAsync(IReadOnlyList<string> paths, string? adapter, string? encoder, string? template, CancellationToken cancellationToken)
    {
        bool classifying = IsClassifierHead(paths[0]);
        bool extractive = !classifying && GgufFile.Read(paths[0]).Metadata.TryGetString("extract.tools", out _);
        if (adapter is not null && (classifying || extractive))
        {
            throw new UsageException("--adapter goes with a model that generates answers.");
        }

        if (encoder is not null != classifying)
        {
            throw new UsageException(classifying ? $"'{paths[0]}' is a classifier's head: name the encoder that it was trained on with --encoder." : "--encoder goes with a classifier's head.");
        }

        if (paths.Count > 1 && !extractive)
        {
            throw new UsageException($"Several models are averaged only where they are extractive; '{paths[0]}' is not.");
        }

        return classifying ? await ClassifierAsync(paths[0], encoder!, cancellationToken).ConfigureAwait(false)
            : extractive ? await ExtractiveAsync(paths, cancellationToken).ConfigureAwait(false)
            : await GenerativeAsync(paths[0], adapter, template, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        Client.Dispose();
        Array.ForEach(_owned, o => o.Dispose());
    }
    private static async Task<Specialist> ClassifierAsync(string path, string encoder, CancellationToken cancellationToken)
    {
        TextClassifier classifier = await TextClassifier.LoadAsync(encoder, [path], cancellationToken).ConfigureAwait(false);
        return new Specialist("classifier", Path.GetFileNameWithoutExtension(path), classifier.AsIChatClient(), takesTools: false, classifier);
    }

    private static async Task<Specialist> ExtractiveAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        ExtractiveModel model = await ExtractiveModel.LoadAsync(paths, options: null, cancellationToken).ConfigureAwait(false);
        return new Specialist("extractive", model.Name, model.AsIChatClient(), takesTools: false, model);
    }

    private static async Task<Specialist> GenerativeAsync(string path, string? adapter, string? template, CancellationToken cancellationToken)
    {
        LlamaModel model = await LlamaModel.LoadAsync(path, new LlamaModelOptions { ChatTemplate = template }, progress: null, cancellationToken).ConfigureAwait(false);
        try
        {
            if (adapter is null)
            {
                return new Specialist("generative", model.Name, model.AsIChatClient(), takesTools: true, model);
            }

            LlamaAdapter loaded = await model.LoadAdapterAsync(adapter, cancellationToken).ConfigureAwait(false);
            return new Specialist("generative", $"{model.Name}+{loaded.Name}", model.AsIChatClient(loaded), takesTools: true, loaded, model);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static bool IsClassifierHead(string path)
    {
        Span<byte> start = stackalloc byte[4];
        using FileStream file = File.OpenRead(path);
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual("HACH"u8);
    }
}
