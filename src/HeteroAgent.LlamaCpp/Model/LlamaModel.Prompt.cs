using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

public sealed partial class LlamaModel
{
    /// <summary>Renders a conversation with the chat template, exactly as a chat request does before it is decoded.</summary>
    /// <param name="messages">The conversation, at least one message.</param>
    /// <param name="options">Instructions and tools that become part of the prompt; <see langword="null"/> for none.</param>
    /// <returns>The prompt's text and tokens. Control tokens that a message spells out are ordinary text in it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The conversation is empty.</exception>
    /// <exception cref="UnsupportedChatTemplateException">The model has no chat template, or one that is not known.</exception>
    /// <exception cref="UnsupportedContentException">A message holds content that is not text, a tool call or a tool result.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public LlamaPrompt RenderPrompt(IEnumerable<ChatMessage> messages, ChatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(_disposed, this);
        IReadOnlyList<ChatMessage> conversation = [.. messages];
        OutputPlan plan = OutputPlan.Create(this, conversation, options);
        (List<PromptSegment> segments, List<int> tokens) = Render(CreateTemplate(), conversation, options?.Instructions, plan.OfferedTools);
        return new LlamaPrompt(string.Concat(segments.Select(s => s.Text)), tokens.AsReadOnly());
    }

    /// <summary>Splits a text into the model's tokens, without a begin-of-text token; control tokens that it spells out are ordinary text.</summary>
    /// <param name="text">The text; a lone surrogate is read as U+FFFD.</param>
    /// <returns>The tokens, none for an empty text.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public IReadOnlyList<int> Tokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ObjectDisposedException.ThrowIf(_disposed, this);
        List<int> tokens = [];
        Vocabulary.AppendPlain(text, tokens);
        return tokens.AsReadOnly();
    }

    /// <exception cref="UnsupportedChatTemplateException">The model has no chat template, or one that is not known.</exception>
    internal ChatTemplate CreateTemplate()
    {
        ModelPurpose.RequireChat(this);
        return new ChatTemplate(Name, ChatTemplate);
    }

    /// <summary>The prompt of a conversation, with the token that begins a text where the model wants one.</summary>
    internal (List<PromptSegment> Segments, List<int> Tokens) Render(ChatTemplate template, IReadOnlyList<ChatMessage> messages, string? instructions, IReadOnlyList<AIFunctionDeclaration> tools)
    {
        List<PromptSegment> segments = template.Render(PromptBuilder.Turns(messages, instructions, tools));
        List<int> tokens = [];
        Vocabulary.AppendSegments(segments, tokens);
        if (Vocabulary.AddsBos && (tokens.Count == 0 || tokens[0] != Vocabulary.Bos))
        {
            tokens.Insert(0, Vocabulary.Bos);
        }

        return (segments, tokens);
    }
}
