using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>A conversation whose last turn, the assistant's, is the answer to learn. Not changed by the library; safe for any number of readers.</summary>
public sealed record TuningExample
{
    /// <summary>Creates an example.</summary>
    /// <param name="messages">System, user, assistant and tool turns. The last is the assistant's and holds text or calls; at least one stands before it.</param>
    /// <exception cref="ArgumentException">There are fewer than two turns, or the last is no answer.</exception>
    public TuningExample(IReadOnlyList<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (Problem(messages) is { } problem)
        {
            throw new ArgumentException(problem, nameof(messages));
        }

        Messages = messages;
    }

    /// <summary>Creates an example of one prompt and its answer.</summary>
    /// <param name="prompt">The user's turn.</param>
    /// <param name="answer">The assistant's turn.</param>
    /// <exception cref="ArgumentException">One of the two is empty.</exception>
    public TuningExample(string prompt, string answer)
        : this([new ChatMessage(ChatRole.User, prompt), new ChatMessage(ChatRole.Assistant, answer)])
    {
    }

    /// <summary>Gets the turns. The last is the answer.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; }

    /// <summary>Gets the tools that the answer may call.</summary>
    /// <value>Default empty.</value>
    public IReadOnlyList<AIFunctionDeclaration> Tools { get; init; } = [];

    /// <summary>Gets the key of the group that the example belongs to: a split keeps a group on one side.</summary>
    /// <value>Default <see langword="null"/>: the prompt's text, without regard to case and white space.</value>
    public string? Key { get; init; }

    /// <summary>Gets the number of its line in the file that it was read from.</summary>
    /// <value>From 1; default 0: it came from no file.</value>
    public int Line { get; init; }

    /// <summary>Gets the turns before the answer.</summary>
    public IEnumerable<ChatMessage> Prompt => Messages.Take(Messages.Count - 1);

    /// <summary>Gets the last turn.</summary>
    public ChatMessage Answer => Messages[^1];

    /// <summary>Gets the text of the last user turn, or of the last turn before the answer where there is none.</summary>
    public string Request => (Prompt.LastOrDefault(m => m.Role == ChatRole.User) ?? Messages[^2]).Text;

    /// <summary>What keeps turns from being an example, or null.</summary>
    internal static string? Problem(IReadOnlyList<ChatMessage> messages) =>
        messages.Count == 0 ? "there are no turns"
        : messages[^1].Role != ChatRole.Assistant ? $"the last turn is of the role '{messages[^1].Role}'; the answer, a turn of the role 'assistant', was expected"
        : messages.Count < 2 ? "there is no turn before the answer"
        : string.IsNullOrWhiteSpace(messages[^1].Text) && !messages[^1].Contents.Any(c => c is FunctionCallContent) ? "the answer is empty"
        : messages.Take(messages.Count - 1).All(m => m.Contents.All(c => c is TextContent t && string.IsNullOrWhiteSpace(t.Text))) ? "the prompt is empty"
        : null;
}
