using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Cli;

/// <summary>What the command line of <c>chat</c> says.</summary>
internal sealed record ChatSettings(string Model, string? Adapter, string? System, string? Prompt, string? SchemaFile, float? Temperature, int MaxTokens, string? Template, bool Json)
{
    /// <summary>The prompt that means all of standard input.</summary>
    internal const string StandardInput = "-";

    /// <summary>The one message to answer, or null for a conversation.</summary>
    /// <exception cref="UsageException">There is no message.</exception>
    internal string? ReadPrompt()
    {
        bool wholeInput = Prompt == StandardInput || (Prompt is null && Json);
        if (wholeInput && Prompt is null && !Console.IsInputRedirected)
        {
            throw new UsageException("--json answers one prompt: give --prompt, or hand the prompt in by standard input.");
        }

        string? prompt = wholeInput ? Console.In.ReadToEnd().TrimEnd('\r', '\n') : Prompt;
        return prompt is not null && string.IsNullOrWhiteSpace(prompt) ? throw new UsageException("The prompt is empty.") : prompt;
    }

    /// <exception cref="UsageException">The schema's file is not JSON.</exception>
    internal ChatOptions ToOptions() => new()
    {
        Temperature = Temperature,
        MaxOutputTokens = MaxTokens,
        ResponseFormat = SchemaFile is null ? null : ChatResponseFormat.ForJsonSchema(HeteroAgent.Cli.SchemaFile.Read(SchemaFile)),
        RawRepresentationFactory = static _ => new LlamaSamplingOptions { Logprobs = true },
    };
}
