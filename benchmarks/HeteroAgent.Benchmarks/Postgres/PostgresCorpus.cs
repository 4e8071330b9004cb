using System.Text.Json;

namespace HeteroAgent.Benchmarks;

/// <summary>A hundred thousand passages of real sentences: those of GSM8K's questions and of the tau2 bank's documents, five at a time, drawn at random. The queries are questions that gave no sentence.</summary>
internal static class PostgresCorpus
{
    internal static (SourceDocument[] Documents, string[] Queries) Make(int passages, int queries)
    {
        string bank = Path.GetDirectoryName(ModelFile.FindShared("data", "tau2-banking", "tasks.json"))!;
        List<string> sentences = [.. Questions("train.jsonl").SelectMany(Sentences)];
        foreach (string file in Directory.GetFiles(Path.Combine(bank, "documents"), "*.json").Order(StringComparer.Ordinal))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
            sentences.AddRange(Sentences(document.RootElement.GetProperty("content").GetString()!));
        }

        Random random = new(1);
        SourceDocument[] documents = [.. Enumerable.Range(0, passages).Select(i => new SourceDocument($"{i}", "", string.Join(' ', Enumerable.Range(0, 5).Select(_ => sentences[random.Next(sentences.Count)]))))];
        return (documents, [.. Questions("test.jsonl").Take(queries)]);
    }

    private static IEnumerable<string> Questions(string file) =>
        File.ReadLines(ModelFile.FindShared("data", "gsm8k", file)).Select(static line =>
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.GetProperty("question").GetString()!;
        });

    private static IEnumerable<string> Sentences(string text) =>
        text.Split(["\n", ". ", "? "], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(static s => s.Length > 20);
}
