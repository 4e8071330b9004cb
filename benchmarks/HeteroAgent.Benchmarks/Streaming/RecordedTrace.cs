using System.Text.Json;

namespace HeteroAgent.Benchmarks;

/// <summary>A recorded solution with the place of its first wrong step as people labelled it; -1 where every step is right.</summary>
internal sealed record RecordedTrace(string Question, IReadOnlyList<string> Steps, int FirstError)
{
    // Tokenisers make about one token of four characters of English.
    private const int CharactersAToken = 4;

    internal string Text => string.Join("\n\n", Steps);

    internal static int Tokens(int characters) => (characters + CharactersAToken - 1) / CharactersAToken;

    /// <summary>The text as a model would send it.</summary>
    internal static IEnumerable<string> Chunks(string text)
    {
        for (int i = 0; i < text.Length; i += CharactersAToken)
        {
            yield return text.Substring(i, Math.Min(CharactersAToken, text.Length - i));
        }
    }

    internal static IReadOnlyList<RecordedTrace> Load(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
        return
        [
            .. document.RootElement.EnumerateArray().Select(static e => new RecordedTrace(
                e.GetProperty("problem").GetString()!,
                [.. e.GetProperty("steps").EnumerateArray().Select(static s => s.GetString()!.Trim())],
                e.GetProperty("label").GetInt32())),
        ];
    }
}
