using System.Text.Json;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary>What a GGUF file is and whether it can be run, or put on a model, read without native code.</summary>
/// <param name="Path">The file as it was named.</param>
/// <param name="File">What the file says of itself, or null where it cannot be read.</param>
/// <param name="Error">Why it cannot be run, or null where it can.</param>
internal sealed record ModelSummary(string Path, GgufFile? File, string? Error)
{
    private const string ExtractionKey = "extract.tools";
    private static readonly string[] Encoders = ["bert", "nomic-bert", "nomic-bert-moe", "jina-bert-v2", "jina-bert-v3", "neo-bert", "modern-bert", "eurobert", "gemma-embedding", "llama-embed", "t5encoder"];

    internal bool IsRunnable => Error is null;

    /// <summary>What it answers with: embeddings, calls read out of a request, chat, or plain completions for want of a chat template.</summary>
    internal string? Kind => File is null ? null
        : File.IsAdapter ? "adapter"
        : Encoders.Contains(File.Architecture) ? "embedding"
        : File.Metadata.Contains(ExtractionKey) ? "extraction"
        : File.ChatTemplate is null ? "completion" : "chat";

    private string Template => TemplateFamily.Of(File?.ChatTemplate);

    private bool SupportsTools => TemplateFamily.SupportsTools(File?.ChatTemplate);

    /// <summary>Reads a file. Whatever is wrong with it becomes <see cref="Error"/>.</summary>
    internal static ModelSummary Read(string path)
    {
        GgufFile? file = null;
        try
        {
            if (string.IsNullOrWhiteSpace(path))
            {
                return new ModelSummary(path, null, "the name is empty");
            }

            file = GgufFile.ReadModel(path);
            if (file.IsAdapter)
            {
                file.RequireAdapter();
            }
            else
            {
                file.RequireRunnable();
            }

            return new ModelSummary(path, file, null);
        }
#pragma warning disable CA1031 // One bad file must not hide what the others are.
        catch (Exception e)
        {
            // The line names the file already.
            string prefix = e is GgufException { Path: { } full } ? $"'{full}': " : "";
            string message = Failure.Message(e);
            return new ModelSummary(path, file, message.StartsWith(prefix, StringComparison.Ordinal) ? message[prefix.Length..] : message);
        }
#pragma warning restore CA1031
    }

    /// <summary>One line for a person.</summary>
    internal string Describe()
    {
        string name = Terminal.OneLine(Path);
        if (Error is not null || File is null)
        {
            return $"{name}  {Terminal.OneLine(Error ?? "unreadable")}";
        }

        string[] facts = File.IsAdapter ? [.. new AdapterSummary(File).Facts()] :
        [
            File.Architecture ?? "no architecture",
            Quantity.Count(File.ParameterCount) + " parameters",
            Quantity.Bytes(File.SizeInBytes),
            File.Quantization ?? "no quantisation",
            $"context {File.ContextLength?.ToString("N0") ?? "unknown"}",
            $"vocabulary {File.VocabularySize?.ToString("N0") ?? "none"}",
            $"template {Template}",
            $"tools {(SupportsTools ? "yes" : "no")}",
            Kind!,
            .. File.Shards.Count > 0 ? new[] { $"in {File.Shards.Count} shards" } : [],
        ];
        return $"{name}  {Terminal.OneLine(string.Join(", ", facts))}";
    }

    internal void WriteProperties(Utf8JsonWriter writer)
    {
        writer.WriteString("file", Path);
        writer.WriteBoolean("ok", IsRunnable);
        if (Error is not null)
        {
            writer.WriteString("error", Error);
        }

        if (File is null)
        {
            return;
        }

        writer.WriteString("kind", Kind);
        writer.WriteString("architecture", File.Architecture);
        writer.WriteString("name", File.Name);
        writer.WriteNumber("size_bytes", File.SizeInBytes);
        if (File.Shards.Count > 0)
        {
            writer.WriteNumber("shards", File.Shards.Count);
        }

        writer.WriteNumber("parameters", File.ParameterCount);
        writer.WriteString("quantization", File.Quantization);
        if (File.IsAdapter)
        {
            if (IsRunnable)
            {
                new AdapterSummary(File).WriteProperties(writer);
            }

            return;
        }

        writer.WriteNumber("context_length", (long?)File.ContextLength);
        writer.WriteNumber("embedding_length", (long?)File.EmbeddingLength);
        writer.WriteNumber("layers", (long?)File.BlockCount);
        writer.WriteNumber("heads", (long?)File.HeadCount);
        writer.WriteNumber("vocabulary", (long?)File.VocabularySize);
        writer.WriteString("tokenizer", File.TokenizerModel);
        writer.WriteString("template", Template);
        writer.WriteBoolean("tools", SupportsTools);
        writer.WriteNumber("gguf_version", File.Version);
    }
}
