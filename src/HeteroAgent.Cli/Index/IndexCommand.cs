using System.CommandLine;

namespace HeteroAgent.Cli;

/// <summary><c>index</c>: a passage index in one file.</summary>
internal static class IndexCommand
{
    internal const string Name = "index";

    internal static Command Create() => new(Name, "Make, search and describe an index of passages in one file.")
    {
        IndexAddCommand.Create(),
        IndexSearchCommand.Create(),
        IndexInfoCommand.Create(),
    };

    internal static Argument<string> IndexArgument() => new("INDEX") { Description = "The file of the index." };

    internal static Option<string?> EmbeddingOption() => new("--embedding") { Description = "The GGUF file of the embedding model; the index remembers it.", HelpName = "FILE" };

    /// <summary>The path of an index that must be there already.</summary>
    internal static string Existing(string index) => File.Exists(index) ? index
        : throw new FileNotFoundException(Directory.Exists(index) ? $"'{index}' is a folder; an index is one file." : $"There is no index '{index}'. '{CommandLine.Name} {Name} {IndexAddCommand.Name}' makes one.", index);
}
