using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>Tells which examples ask the same, on every machine alike.</summary>
internal static class PromptIdentity
{
    /// <summary>The key that keeps examples together: their own, or their prompt.</summary>
    internal static string Group(TuningExample example) => example.Key is { } key ? $"key:{key}" : $"prompt:{Of(example)}";

    /// <summary>The prompt's turns without regard to case and white space. System turns count only where there is nothing else: one instruction is not a question.</summary>
    internal static string Of(TuningExample example)
    {
        ChatMessage[] asked = [.. example.Prompt.Where(m => m.Role != ChatRole.System)];
        return string.Join('\n', (asked.Length > 0 ? asked : example.Prompt).Select(m => $"{m.Role}:{Text(m)}"));
    }

    /// <summary>A number below 2^64 that a key and a seed always give, evenly spread.</summary>
    internal static ulong Hash(string key, int seed) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}\n{key}")));

    internal static string Normalize(string text) =>
        string.Join(' ', Composed(text).ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Text(ChatMessage message) => Normalize(string.Concat(message.Contents.Select(c => c switch
    {
        TextContent text => text.Text,
        FunctionCallContent call => ToolPrompt.Write(call),
        FunctionResultContent result => ToolPrompt.Write(result),
        _ => "",
    })));

    private static string Composed(string text)
    {
        try
        {
            return text.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            // A lone surrogate cannot be composed; such a text stands for itself.
            return text;
        }
    }
}
