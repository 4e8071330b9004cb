using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;
using Spectre.Console;

namespace HeteroAgent.Cli;

/// <summary><c>chat</c>: one answer, or a conversation.</summary>
internal static class ChatCommand
{
    internal const string Name = "chat";
    private const int DefaultMaxTokens = 512;

    internal static Command Create()
    {
        Option<string> model = new("--model") { Description = "The GGUF file of a chat model.", HelpName = "FILE", Required = true };
        Option<string?> adapter = new("--adapter") { Description = "A LoRA adapter that was made for this model.", HelpName = "FILE" };
        Option<string?> system = new("--system") { Description = "What the model is told before the conversation.", HelpName = "S" };
        Option<string?> prompt = new("--prompt") { Description = "Answer this and end; - reads it from standard input.", HelpName = "P" };
        Option<string?> schema = new("--schema") { Description = "A file with the JSON schema that every answer follows.", HelpName = "FILE" };
        Option<float?> temperature = new("--temperature") { Description = "0 for the most likely answer, more for variety. [default: 0]", HelpName = "T" };
        Option<int> maxTokens = new("--max-tokens") { Description = "The most tokens of one answer.", HelpName = "N", DefaultValueFactory = _ => DefaultMaxTokens };
        Option<string?> template = new("--template") { Description = "The name of a chat template, for a model without a known one.", HelpName = "NAME" };
        Option<bool> json = new("--json") { Description = "Print the answer with its tokens, probabilities and times as one JSON object." };
        temperature.Validators.Add(result => Check(result, t => t is >= 0 and <= 100, "between 0 and 100"));
        maxTokens.Validators.Add(result => Check(result, n => n >= 1, "at least 1"));
        Command command = new(Name, "Chat with a model in this process.") { model, adapter, system, prompt, schema, temperature, maxTokens, template, json };
        command.SetAction((parsed, _) => RunAsync(new ChatSettings(
            parsed.GetValue(model)!,
            parsed.GetValue(adapter),
            parsed.GetValue(system),
            parsed.GetValue(prompt),
            parsed.GetValue(schema),
            parsed.GetValue(temperature),
            parsed.GetValue(maxTokens),
            parsed.GetValue(template),
            parsed.GetValue(json))));
        return command;
    }

    /// <summary>Writes a piece of an answer to standard output at once.</summary>
    internal static void Show(string text)
    {
        Console.Out.Write(Console.IsOutputRedirected ? text : Terminal.Clean(text));
        Console.Out.Flush();
    }

    private static void Check(OptionResult result, Func<float, bool> accepted, string range)
    {
        // What is no number at all is reported by the parser.
        foreach (Token token in result.Tokens.Where(t => float.TryParse(t.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && !accepted(value)))
        {
            result.AddError($"{result.Option.Name} is {token.Value}; it must be {range}.");
        }
    }

    private static async Task<int> RunAsync(ChatSettings settings)
    {
        string? prompt = settings.ReadPrompt();
        ChatOptions options = settings.ToOptions();
        using Interruption interruption = new();
        long start = Stopwatch.GetTimestamp();
        LlamaModel model = await interruption.RunAsync(cancellationToken => LoadAsync(settings, cancellationToken)).ConfigureAwait(false);
        await using (model.ConfigureAwait(false))
        {
            LlamaAdapter? adapter = settings.Adapter is null ? null : await interruption.RunAsync(cancellationToken => model.LoadAdapterAsync(settings.Adapter, cancellationToken)).ConfigureAwait(false);
            TimeSpan load = Stopwatch.GetElapsedTime(start);
            using IChatClient client = new LlamaChatClient(model, adapter);
            return prompt is null
                ? await new Conversation(client, options, settings.System, interruption).RunAsync(Terminal.OneLine(adapter is null ? model.Name : $"{model.Name} with {adapter.Name}")).ConfigureAwait(false)
                : await interruption.RunAsync(cancellationToken => AnswerAsync(model, client, settings, prompt, options, load, cancellationToken)).ConfigureAwait(false);
        }
    }

    private static async Task<LlamaModel> LoadAsync(ChatSettings settings, CancellationToken cancellationToken)
    {
        LlamaModelOptions options = new() { ChatTemplate = settings.Template };
        if (Terminal.IsErrorPlain || settings.Json)
        {
            return await LlamaModel.LoadAsync(settings.Model, options, cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        return await Terminal.Error.Status().StartAsync(
            $"Loading {Markup.Escape(Terminal.OneLine(Path.GetFileName(settings.Model)))}",
            _ => LlamaModel.LoadAsync(settings.Model, options, cancellationToken: cancellationToken)).ConfigureAwait(false);
    }

    private static async Task<int> AnswerAsync(LlamaModel model, IChatClient client, ChatSettings settings, string prompt, ChatOptions options, TimeSpan load, CancellationToken cancellationToken)
    {
        List<ChatMessage> messages = settings.System is null ? [] : [new ChatMessage(ChatRole.System, settings.System)];
        messages.Add(new ChatMessage(ChatRole.User, prompt));
        Answer answer = new();
        if (settings.Json)
        {
            LlamaPrompt rendered = model.RenderPrompt(messages, options);
            await answer.ReceiveAsync(client, messages, options, null, cancellationToken).ConfigureAwait(false);
            AnswerReport.Write(answer, rendered, load);
            return ExitCodes.Success;
        }

        try
        {
            await answer.ReceiveAsync(client, messages, options, Show, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The remark must not stand in the middle of the answer.
            Console.Out.WriteLine();
            throw;
        }

        Console.Out.WriteLine();
        Terminal.WriteRemark(answer.Figures());
        return ExitCodes.Success;
    }
}
