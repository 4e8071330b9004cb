using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace SupportDesk;

/// <summary>Says what the script says in place of a model, and reports the tokens that a model would have used by an estimate of four characters a token.</summary>
internal sealed partial class ScriptedModel(string name, IReadOnlyList<SupportQuestion> script, Func<SupportQuestion, string> answer) : IChatClient
{
    private const int CharactersPerToken = 4;
    private readonly ChatClientMetadata _metadata = new("scripted", providerUri: null, name);

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ChatMessage[] sent = [.. messages];
        SupportQuestion question = script.FirstOrDefault(q => sent.Any(m => m.Text.Contains(q.Question, StringComparison.Ordinal)))
            ?? throw new SupportDeskException("The script answers only its own questions; name models with --local and --frontier.");
        string text = Cite(Rest(answer(question), sent[^1].Text), sent[^1].Text);
        string id = Guid.NewGuid().ToString("N");
        for (int i = 0; i < text.Length; i += CharactersPerToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
            yield return Update(new TextContent(text.Substring(i, Math.Min(CharactersPerToken, text.Length - i))), id);
        }

        UsageDetails usage = new() { InputTokenCount = Tokens(sent.Sum(static m => m.Text.Length)), OutputTokenCount = Tokens(text.Length) };
        usage.TotalTokenCount = usage.InputTokenCount + usage.OutputTokenCount;
        ChatResponseUpdate last = Update(new UsageContent(usage), id);
        last.FinishReason = ChatFinishReason.Stop;
        yield return last;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null : serviceType == typeof(ChatClientMetadata) ? _metadata : serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }

    // The script names documents by their titles, {title|other title}; a model would see their numbers, [1] title, in the request.
    private static string Cite(string text, string request) => Source().Replace(text, match => match.Groups[1].Value.Split('|')
        .Select(title => Regex.Match(request, $@"\[\d+\](?= {Regex.Escape(title)}\n)"))
        .FirstOrDefault(static m => m.Success)?.Value is { } mark ? " " + mark : "");

    // Where an answer has been begun, the script goes on after as many lines as have been shown.
    private static string Rest(string text, string request)
    {
        Match begun = Regex.Match(request, @"<begun>\n(.*)\n</begun>", RegexOptions.Singleline);
        return begun.Success ? string.Join('\n', text.Split('\n').Skip(begun.Groups[1].Value.Split('\n').Length)) : text;
    }

    [GeneratedRegex(@" \{([^}]+)\}")]
    private static partial Regex Source();

    private ChatResponseUpdate Update(AIContent content, string id) => new(ChatRole.Assistant, [content]) { CreatedAt = DateTimeOffset.UtcNow, MessageId = "msg_" + id, ModelId = name, ResponseId = "scripted_" + id };

    private static long Tokens(int characters) => (characters + CharactersPerToken - 1) / CharactersPerToken;
}
