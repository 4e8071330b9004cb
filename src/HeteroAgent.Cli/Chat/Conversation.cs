using Microsoft.Extensions.AI;

namespace HeteroAgent.Cli;

/// <summary>A conversation: each line of standard input is a message, the history is kept.</summary>
internal sealed class Conversation(IChatClient client, ChatOptions options, string? system, Interruption interruption)
{
    private readonly List<ChatMessage> _messages = [];

    internal async Task<int> RunAsync(string modelName)
    {
        bool person = !Console.IsInputRedirected;
        if (person)
        {
            Terminal.WriteRemark($"{modelName}. /exit ends, /clear forgets, Ctrl-C ends an answer.");
        }

        Clear();
        int result = ExitCodes.Success;
        while (Read(person) is { } line)
        {
            switch (line.Trim())
            {
                case "":
                    break;
                case "/exit":
                    return result;
                case "/clear":
                    Clear();
                    break;
                default:
                    result = await AnswerAsync(line).ConfigureAwait(false);
                    break;
            }
        }

        return result;
    }

    private static string? Read(bool person)
    {
        if (person)
        {
            if (Terminal.IsErrorPlain)
            {
                Console.Error.Write("> ");
            }
            else
            {
                Terminal.Error.Write(new Spectre.Console.Markup("[bold green]>[/] "));
            }
        }

        return Console.In.ReadLine();
    }

    private void Clear()
    {
        _messages.Clear();
        if (system is not null)
        {
            _messages.Add(new ChatMessage(ChatRole.System, system));
        }
    }

    private async Task<int> AnswerAsync(string line)
    {
        _messages.Add(new ChatMessage(ChatRole.User, line));
        Answer answer = new();
        try
        {
            await interruption.RunAsync(async cancellationToken =>
            {
                await answer.ReceiveAsync(client, _messages, options, ChatCommand.Show, cancellationToken).ConfigureAwait(false);
                return 0;
            }).ConfigureAwait(false);
            Console.Out.WriteLine();
            Terminal.WriteRemark(answer.Figures());
        }
        catch (OperationCanceledException)
        {
            Console.Out.WriteLine();
            Terminal.WriteRemark("cancelled");
        }
        catch (Exception e) when (e is ContextOverflowException or ArgumentException)
        {
            Terminal.WriteError(Failure.Message(e), "Type /clear to start a new conversation, or send something shorter.");
            _messages.RemoveAt(_messages.Count - 1);
            return ExitCodes.Failure;
        }

        // What was said until Ctrl-C was said; without a word, the question is taken back too.
        if (answer.Response.Text is { Length: > 0 } text)
        {
            _messages.Add(new ChatMessage(ChatRole.Assistant, text));
        }
        else
        {
            _messages.RemoveAt(_messages.Count - 1);
        }

        return ExitCodes.Success;
    }
}
