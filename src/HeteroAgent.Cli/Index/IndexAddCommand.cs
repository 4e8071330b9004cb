using System.CommandLine;
using HeteroAgent.LlamaCpp;
using HeteroAgent.Retrieval.Sqlite;

namespace HeteroAgent.Cli;

/// <summary><c>index add</c>: reads files and folders into an index.</summary>
internal static class IndexAddCommand
{
    internal const string Name = "add";

    internal static Command Create()
    {
        Argument<string> index = IndexCommand.IndexArgument();
        Argument<string[]> paths = new("PATH") { Description = "Files (.txt, .md, .json, .jsonl) and folders of them.", Arity = ArgumentArity.OneOrMore };
        Option<string?> embedding = IndexCommand.EmbeddingOption();
        Command command = new(Name, "Add documents; what has not changed is left alone.") { index, paths, embedding };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(index)!, parsed.GetValue(paths)!, parsed.GetValue(embedding)));
        return command;
    }

    private static async Task<int> RunAsync(string path, string[] paths, string? embedding)
    {
        using Interruption interruption = new();
        return await interruption.RunAsync(cancellationToken => AddAsync(path, paths, embedding, cancellationToken)).ConfigureAwait(false);
    }

    private static async Task<int> AddAsync(string path, string[] paths, string? embedding, CancellationToken cancellationToken)
    {
        DocumentReader reader = new(paths);
        using LlamaModel? model = await EmbeddingModel.LoadAsync(path, embedding, cancellationToken).ConfigureAwait(false);
        using SqlitePassageIndex index = new(path, EmbeddingModel.Generator(model));
        int written = await index.AddAsync(reader.Read(), new WrittenProgress(), cancellationToken).ConfigureAwait(false);
        if (embedding is not null)
        {
            index.SetNote(EmbeddingModel.Note, System.IO.Path.GetFullPath(embedding));
        }

        WrittenProgress.End();
        PassageIndexInfo info = await index.GetInfoAsync(cancellationToken).ConfigureAwait(false);
        Console.Out.WriteLine($"{reader.Count} documents read, {written} written. {IndexInfoCommand.Describe(path, info)}");
        if (reader.Skipped > 0)
        {
            Terminal.WriteRemark($"{reader.Skipped} files of other kinds were passed over.");
        }

        return ExitCodes.Success;
    }

    /// <summary>Counts on one line of a terminal; a redirected error output gets no lines of it.</summary>
    private sealed class WrittenProgress : IProgress<int>
    {
        public void Report(int value)
        {
            if (!Terminal.IsErrorPlain)
            {
                Console.Error.Write($"\r{value} documents written");
            }
        }

        internal static void End()
        {
            if (!Terminal.IsErrorPlain)
            {
                Console.Error.WriteLine();
            }
        }
    }
}
