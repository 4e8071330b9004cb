using System.CommandLine;

namespace Assistant;

/// <summary>What the command line asks for.</summary>
internal sealed class AssistantOptions
{
    private static readonly Option<string> FrontierOption = new("--frontier") { Description = "Who answers what is escalated: recorded (the labelled calls, no key needed), anthropic, or openai:<url>.", DefaultValueFactory = _ => "recorded" };
    private static readonly Option<string> FrontierModelOption = new("--frontier-model") { Description = "The frontier model's id, also for its price.", DefaultValueFactory = _ => "claude-sonnet-4-5" };
    private static readonly Option<bool> FrontierAllOption = new("--frontier-all") { Description = "Ask a real frontier model every request, to measure it alone. It costs what it costs." };
    private static readonly Option<string?> ModelOption = new("--model") { Description = "A GGUF file in place of the starter; with --generate one that writes its answers." };
    private static readonly Option<string?> DataOption = new("--data") { Description = "A file with lines of {\"request\": …, \"call\": {\"tool\": …, \"args\": {…}}} in place of the 700 requests." };
    private static readonly Option<int?> LimitOption = new("--limit") { Description = "Take only so many requests, spread over the file." };
    private static readonly Option<double?> ThresholdOption = new("--threshold") { Description = "Escalate below this confidence, from 0 to 1, in place of the one beside the model." };
    private static readonly Option<string?> JsonOption = new("--json") { Description = "Write the figures to this file." };
    private static readonly Option<bool> DetailsOption = new("--details") { Description = "With --json: also every request, one a line." };
    private static readonly Option<bool> InteractiveOption = new("--interactive") { Description = "Type requests and see each call, its confidence and its route." };
    private static readonly Option<bool> GenerateOption = new("--generate") { Description = "Also run the requests through the chat model of --model, which writes the calls under a grammar." };
    private static readonly Option<string?> CalibrateOption = new("--calibrate") { Description = "Choose the escalation threshold on this file of labelled requests, and write it to --out." };
    private static readonly Option<string?> OutOption = new("--out") { Description = "With --calibrate: the file to write." };

    private AssistantOptions(ParseResult parsed)
    {
        Frontier = parsed.GetValue(FrontierOption)!;
        FrontierModel = parsed.GetValue(FrontierModelOption)!;
        FrontierAll = parsed.GetValue(FrontierAllOption);
        Model = parsed.GetValue(ModelOption);
        Data = parsed.GetValue(DataOption) ?? Path.Combine(AppContext.BaseDirectory, "data", "snips-validation.jsonl");
        Limit = parsed.GetValue(LimitOption);
        Threshold = parsed.GetValue(ThresholdOption);
        Json = parsed.GetValue(JsonOption);
        Details = parsed.GetValue(DetailsOption);
        Interactive = parsed.GetValue(InteractiveOption);
        Generate = parsed.GetValue(GenerateOption);
        Calibrate = parsed.GetValue(CalibrateOption);
        Out = parsed.GetValue(OutOption);
    }

    public string Frontier { get; }

    public string FrontierModel { get; }

    public bool FrontierAll { get; }

    public string? Model { get; }

    public string Data { get; }

    public int? Limit { get; }

    public double? Threshold { get; }

    public string? Json { get; }

    public bool Details { get; }

    public bool Interactive { get; }

    public bool Generate { get; }

    public string? Calibrate { get; }

    public string? Out { get; }

    public bool IsRecorded => Frontier == "recorded";

    public static RootCommand Command(Func<AssistantOptions, CancellationToken, Task<int>> run)
    {
        RootCommand command = new("Real people's requests become tool calls: a specialist of a few megabytes reads them in this process, and hands the doubtful ones to a frontier model.")
        {
            FrontierOption, FrontierModelOption, FrontierAllOption, ModelOption, DataOption, LimitOption, ThresholdOption, JsonOption, DetailsOption, InteractiveOption, GenerateOption, CalibrateOption, OutOption,
        };
        command.SetAction((parsed, cancellationToken) => run(new AssistantOptions(parsed).Check(), cancellationToken));
        return command;
    }

    private AssistantOptions Check()
    {
        string? mistake =
            Limit is < 1 ? "--limit must be at least 1."
            : Threshold is not (null or (>= 0 and <= 1)) ? "--threshold must lie between 0 and 1."
            : Generate && Model is null ? "--generate needs --model with the GGUF file of a chat model."
            : Details && Json is null ? "--details needs --json."
            : Calibrate is not null && Out is null ? "--calibrate needs --out."
            : Model is not null && !File.Exists(Model) ? $"There is no file '{Model}' (--model)."
            : null;
        return mistake is null ? this : throw new AssistantException(mistake);
    }
}
