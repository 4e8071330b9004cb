using System.CommandLine;

namespace SupportDesk;

/// <summary>What the command line asks for.</summary>
internal sealed class SupportDeskOptions
{
    private static readonly Option<string?> DocumentsOption = new("--documents") { Description = "A folder of JSON files with id, title and content, in place of the 26 documents beside the program." };
    private static readonly Option<string?> LocalOption = new("--local") { Description = "A GGUF chat model that writes the drafts live, in place of the script." };
    private static readonly Option<string> FrontierOption = new("--frontier") { Description = "Who answers what is escalated: scripted (no key needed), anthropic, or openai:<url>.", DefaultValueFactory = _ => "scripted" };
    private static readonly Option<string> FrontierModelOption = new("--frontier-model") { Description = "The frontier model's id, also for its price.", DefaultValueFactory = _ => "claude-sonnet-4-5" };
    private static readonly Option<string?> EmbeddingsOption = new("--embeddings") { Description = "A GGUF embedding model (all-MiniLM-L6-v2), so that the search goes by meaning as well as by words. Default: the one of the shared models, where they are; otherwise words alone." };
    private static readonly Option<string?> QuestionOption = new("--question") { Description = "A question of your own; it needs --local and a live --frontier." };

    private SupportDeskOptions(ParseResult parsed)
    {
        Documents = parsed.GetValue(DocumentsOption) ?? Path.Combine(AppContext.BaseDirectory, "data", "documents");
        Local = parsed.GetValue(LocalOption);
        Frontier = parsed.GetValue(FrontierOption)!;
        FrontierModel = parsed.GetValue(FrontierModelOption)!;
        Embeddings = parsed.GetValue(EmbeddingsOption) ?? SharedModel();
        Question = parsed.GetValue(QuestionOption);
    }

    public string Documents { get; }

    public string? Local { get; }

    public string Frontier { get; }

    public string FrontierModel { get; }

    public string? Embeddings { get; }

    public string? Question { get; }

    public bool IsScripted => Frontier == "scripted";

    public static RootCommand Command(Func<SupportDeskOptions, CancellationToken, Task<int>> run)
    {
        RootCommand command = new("A bank's support desk: answers are grounded in the bank's documents, every step of their reasoning is verified, and what does not convince goes to a frontier model.")
        {
            DocumentsOption, LocalOption, FrontierOption, FrontierModelOption, EmbeddingsOption, QuestionOption,
        };
        command.SetAction((parsed, cancellationToken) => run(new SupportDeskOptions(parsed).Check(), cancellationToken));
        return command;
    }

    private SupportDeskOptions Check()
    {
        string? mistake =
            !Directory.Exists(Documents) ? $"There is no folder '{Documents}' (--documents)."
            : Local is not null && !File.Exists(Local) ? $"There is no file '{Local}' (--local)."
            : Embeddings is not null && !File.Exists(Embeddings) ? $"There is no file '{Embeddings}' (--embeddings)."
            : Question is not null && (Local is null || IsScripted) ? "--question needs --local with a GGUF chat model and --frontier anthropic or openai:<url>: the script answers only its own questions."
            : null;
        return mistake is null ? this : throw new SupportDeskException(mistake);
    }

    private static string? SharedModel()
    {
        string? shared = Environment.GetEnvironmentVariable("HETEROAGENT_SHARED");
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); shared is null && d is not null; d = d.Parent)
        {
            shared = File.Exists(Path.Combine(d.FullName, "HeteroAgent.sln")) ? Path.Combine(d.FullName, "..", "shared") : null;
        }

        string? model = shared is null ? null : Path.GetFullPath(Path.Combine(shared, "models", "all-MiniLM-L6-v2.Q8_0.gguf"));
        return File.Exists(model) ? model : null;
    }
}
