using System.CommandLine;
using HeteroAgent.LlamaCpp;
using HeteroAgent.Retrieval.Sqlite;

namespace HeteroAgent.Cli;

/// <summary><c>index search</c>: the passages that answer a query.</summary>
internal static class IndexSearchCommand
{
    internal const string Name = "search";

    internal static Command Create()
    {
        Argument<string> index = IndexCommand.IndexArgument();
        Argument<string[]> query = new("QUERY") { Description = "What is looked for; several words are one query.", Arity = ArgumentArity.OneOrMore };
        Option<int> top = new("--top") { Description = "The most passages.", HelpName = "K", DefaultValueFactory = _ => 4 };
        Option<string?> mode = new("--mode") { Description = "Words, vectors or both. [default: both where the index has vectors]", HelpName = "words|vectors|hybrid" };
        Option<string?> embedding = IndexCommand.EmbeddingOption();
        Option<bool> json = new("--json") { Description = "Print one JSON object a passage." };
        _ = mode.AcceptOnlyFromAmong("words", "vectors", "hybrid");
        top.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int value) && value is < 1 or > 1000)
            {
                result.AddError($"--top is {value}; it must be between 1 and 1000.");
            }
        });
        Command command = new(Name, "Find the passages that answer a query.") { index, query, top, mode, embedding, json };
        command.SetAction((parsed, _) => RunAsync(
            IndexCommand.Existing(parsed.GetValue(index)!), string.Join(' ', parsed.GetValue(query)!), parsed.GetValue(top), parsed.GetValue(mode), parsed.GetValue(embedding), parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(string path, string query, int top, string? mode, string? embedding, bool json)
    {
        using Interruption interruption = new();
        RetrievalOptions options = new() { TopK = top, Mode = mode is null ? RetrievalMode.Auto : Enum.Parse<RetrievalMode>(mode, ignoreCase: true) };
        IReadOnlyList<RetrievedPassage> found = await interruption.RunAsync(cancellationToken => FindAsync(path, query, options, embedding, cancellationToken)).ConfigureAwait(false);
        for (int i = 0; i < found.Count; i++)
        {
            Write(i + 1, found[i], json);
        }

        if (found.Count == 0 && !json)
        {
            Terminal.WriteRemark("Nothing was found.");
        }

        return ExitCodes.Success;
    }

    private static async Task<IReadOnlyList<RetrievedPassage>> FindAsync(string path, string query, RetrievalOptions options, string? embedding, CancellationToken cancellationToken)
    {
        using LlamaModel? model = options.Mode == RetrievalMode.Words ? null : await EmbeddingModel.LoadAsync(path, embedding, cancellationToken).ConfigureAwait(false);
        using SqlitePassageIndex index = new(path, EmbeddingModel.Generator(model));
        return await index.RetrieveAsync(query, options, cancellationToken).ConfigureAwait(false);
    }

    private static void Write(int rank, RetrievedPassage passage, bool json)
    {
        if (!json)
        {
            Console.Out.WriteLine($"[{rank}] {Terminal.OneLine(passage.DocumentId)}  {Terminal.OneLine(passage.Title)}  ({passage.Score:0.0000})");
            Console.Out.WriteLine(Terminal.Clean(passage.Text));
            Console.Out.WriteLine();
            return;
        }

        JsonLine.Write(writer =>
        {
            writer.WriteNumber("rank", rank);
            writer.WriteString("document", passage.DocumentId);
            writer.WriteString("title", passage.Title);
            writer.WriteRounded("score", passage.Score, 6);
            writer.WriteNumber("start", passage.Start);
            if (passage.Url is { } url)
            {
                writer.WriteString("url", url.OriginalString);
            }

            writer.WriteString("text", passage.Text);
        });
    }
}
