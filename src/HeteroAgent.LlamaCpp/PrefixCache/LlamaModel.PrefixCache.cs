using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

public sealed partial class LlamaModel
{
    /// <summary>Decodes the part of the prompt that all requests with the same instructions, tools and first messages have in common, so that the next one starts behind it; for a host that wants its prompt warm before anyone asks.</summary>
    /// <remarks>
    /// <para>With <see cref="LlamaModelOptions.PrefixCacheDirectory"/> the prefix is also saved, where it is not yet, and a later process restores it instead of decoding it. Without it, it is kept in memory for as long as it is used more than others.</para>
    /// <para>Requests that come meanwhile wait for it instead of decoding the same once more. Safe for any number of threads.</para>
    /// </remarks>
    /// <param name="messages">The messages that come before the first one that differs, for example the system message; may be empty where the options carry instructions or tools.</param>
    /// <param name="options">Instructions, tools and response format of the requests; <see langword="null"/> for none.</param>
    /// <param name="adapter">The adapter that the requests are decoded with; <see langword="null"/> for the model alone.</param>
    /// <param name="cancellationToken">Ends the waiting; what was decoded stays.</param>
    /// <returns>The length of the prefix in tokens.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    /// <exception cref="ContextOverflowException">The prefix does not fit into the context.</exception>
    /// <exception cref="ModelBusyException">The model's queue is full.</exception>
    /// <exception cref="UnsupportedChatTemplateException">The model has no chat template, or one that is not known.</exception>
    /// <exception cref="UnsupportedContentException">A message holds content that is not text, a tool call or a tool result.</exception>
    /// <exception cref="ObjectDisposedException">The model or the adapter is disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<int> CachePromptPrefixAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, LlamaAdapter? adapter = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(_disposed, this);
        IReadOnlyList<ChatMessage> shared = [.. messages];
        GenerationRequest? request = await Task.Run(() => SubmitPrefix(shared, options, adapter, cancellationToken), cancellationToken).ConfigureAwait(false);
        if (request is null)
        {
            return 0;
        }

        await request.Output.Completion.ConfigureAwait(false);
        if (request.Saving is { } saving)
        {
            await saving.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return request.PromptLength;
    }

    private GenerationRequest? SubmitPrefix(IReadOnlyList<ChatMessage> shared, ChatOptions? options, LlamaAdapter? adapter, CancellationToken cancellationToken)
    {
        // Where two prompts part that differ from the first letter of the next message on.
        IReadOnlyList<int> one = RenderPrompt([.. shared, new ChatMessage(ChatRole.User, "1")], options).TokenIds;
        IReadOnlyList<int> other = RenderPrompt([.. shared, new ChatMessage(ChatRole.User, "A")], options).TokenIds;
        int[] prefix = [.. one.Zip(other).TakeWhile(p => p.First == p.Second).Select(p => p.First)];
        if (prefix.Length == 0)
        {
            return null;
        }

        // No choices to score: it ends behind the prompt.
        GenerationRequest request = new(prefix, cancellationToken) { Choices = [], Adapter = adapter, SavesPrefix = true };
        Scheduler.Submit(request);
        return request;
    }
}
