using System.CommandLine;
using HeteroAgent.Retrieval.Sqlite;

namespace HeteroAgent.Cli;

/// <summary><c>index info</c>: what an index holds.</summary>
internal static class IndexInfoCommand
{
    internal const string Name = "info";

    internal static Command Create()
    {
        Argument<string> index = IndexCommand.IndexArgument();
        Option<bool> json = new("--json") { Description = "Print one JSON object." };
        Command command = new(Name, "Say what an index holds and what made it.") { index, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(IndexCommand.Existing(parsed.GetValue(index)!), parsed.GetValue(json), cancellationToken));
        return command;
    }

    internal static string Describe(string path, PassageIndexInfo info) =>
        $"{Terminal.OneLine(path)} holds {info.DocumentCount} documents in {info.PassageCount} passages, {(info.EmbeddingModel is { } model ? $"with vectors of {Terminal.OneLine(model)} ({info.Dimensions} dimensions)" : "words alone")}.";

    private static async Task<int> RunAsync(string path, bool json, CancellationToken cancellationToken)
    {
        using SqlitePassageIndex index = new(path);
        PassageIndexInfo info = await index.GetInfoAsync(cancellationToken).ConfigureAwait(false);
        string? file = index.GetNote(EmbeddingModel.Note);
        if (json)
        {
            JsonLine.Write(writer =>
            {
                writer.WriteString("index", path);
                writer.WriteNumber("documents", info.DocumentCount);
                writer.WriteNumber("passages", info.PassageCount);
                writer.WriteString("embedding_model", info.EmbeddingModel);
                writer.WriteNumber("dimensions", info.Dimensions);
                writer.WriteString("embedding_file", file);
                writer.WriteNumber("size_bytes", new FileInfo(path).Length);
            });
        }
        else
        {
            Console.Out.WriteLine(Describe(path, info));
        }

        return ExitCodes.Success;
    }
}
