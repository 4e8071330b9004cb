using System.Text;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>Turns a conversation into the turns that a chat template renders: text, tool calls and tool results in one generic JSON form.</summary>
internal static class PromptBuilder
{
    /// <summary>The turns of a conversation, with the instructions and the offered tools in one system turn in front.</summary>
    /// <exception cref="ArgumentException">The conversation is empty.</exception>
    /// <exception cref="UnsupportedContentException">A message holds content that a text model cannot read.</exception>
    internal static List<(string Role, string Content)> Turns(IReadOnlyList<ChatMessage> messages, string? instructions, IReadOnlyList<AIFunctionDeclaration> tools)
    {
        if (messages.Count == 0)
        {
            throw new ArgumentException("The conversation is empty: at least one message is needed.", nameof(messages));
        }

        for (int i = 0; i < messages.Count; i++)
        {
            // A role is written by the template, where control tokens count: it must not be a place to smuggle them in.
            if (messages[i] is null || !messages[i].Role.Value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            {
                throw new ArgumentException($"Message {i} is {(messages[i] is null ? "null" : $"of the role \"{messages[i].Role}\"; letters, digits, '_' and '-' are accepted")}.", nameof(messages));
            }
        }

        int first = 0;
        List<string> system = string.IsNullOrEmpty(instructions) ? [] : [instructions];
        for (; first < messages.Count && messages[first].Role == ChatRole.System; first++)
        {
            system.Add(Content(messages[first], first));
        }

        if (tools.Count > 0)
        {
            system.Add(ToolPrompt.Describe(tools));
        }

        List<(string, string)> turns = system.Count > 0 ? [("system", string.Join("\n\n", system))] : [];
        for (int i = first; i < messages.Count; i++)
        {
            // A tool's result is told as the user's turn, since most templates know no other third role.
            string role = messages[i].Role == ChatRole.Tool ? "user" : messages[i].Role.Value;
            turns.Add((role, Content(messages[i], i)));
        }

        return turns;
    }

    private static string Content(ChatMessage message, int index)
    {
        StringBuilder text = new();
        foreach (AIContent content in message.Contents)
        {
            string? part = content switch
            {
                TextContent t => t.Text,
                TextReasoningContent or UsageContent => "",
                FunctionCallContent call => ToolPrompt.Write(call),
                FunctionResultContent result => ToolPrompt.Write(result),
                ErrorContent error => error.Message,
                _ => null,
            };
            if (part is null)
            {
                throw new UnsupportedContentException($"The {content.GetType().Name} of message {index}", "text, tool calls and tool results");
            }

            if (part.Length > 0 && content is FunctionCallContent or FunctionResultContent && text.Length > 0)
            {
                text.Append('\n');
            }

            text.Append(part);
        }

        return text.ToString();
    }
}
