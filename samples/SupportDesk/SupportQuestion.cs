using System.Text.Json;

namespace SupportDesk;

/// <summary>A question of the script, with what the small model and the frontier model answer in it.</summary>
/// <param name="Title">What the question shows.</param>
/// <param name="Question">The question.</param>
/// <param name="Streamed">Whether the answer is streamed step by step.</param>
/// <param name="Local">The small model's answer.</param>
/// <param name="Frontier">The frontier model's answer.</param>
internal sealed record SupportQuestion(string Title, string Question, bool Streamed, string Local, string Frontier)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static IReadOnlyList<SupportQuestion> LoadScript() =>
        JsonSerializer.Deserialize<List<SupportQuestion>>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "data", "script.json")), Options)!;
}
