using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>Conversations in the tokens that the model is prompted with. Only the answer is learnt, with the token that ends it.</summary>
internal sealed class ModelTrainingData : ITrainingData
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly TrainingSequence[] _sequences;

    private ModelTrainingData(TrainingSequence[] sequences) => _sequences = sequences;

    public int Count => _sequences.Length;

    internal IReadOnlyList<TrainingSequence> Sequences => _sequences;

    public IReadOnlyList<TrainingSequence> Epoch(int epoch, CancellationToken cancellationToken) => _sequences;

    /// <exception cref="TuningException">An example has more tokens than the limit, or the model has no token that ends a turn.</exception>
    internal static ModelTrainingData Create(LlamaModel model, TuningSet set, int limit)
    {
        int end = model.Vocabulary.EndOfTurn;
        if (end < 0)
        {
            throw new TuningException(TuningFailure.UnsupportedBase, $"'{model.Origin}' has no token that ends a turn, so an answer could not end.");
        }

        List<TrainingSequence> sequences = [];
        List<string> tooLong = [];
        for (int i = 0; i < set.Examples.Count; i++)
        {
            TuningExample example = set.Examples[i];
            List<int> tokens = Prompt(model, example);
            int start = tokens.Count;
            model.Vocabulary.AppendPlain(AnswerText(example.Answer), tokens);
            tokens.Add(end);
            if (tokens.Count > limit)
            {
                tooLong.Add($"line {example.Line} has {start} tokens before its answer and {tokens.Count - start} in it");
                continue;
            }

            // A position's output is the next token.
            sequences.Add(new TrainingSequence([.. tokens], [.. Enumerable.Range(start, tokens.Count - start).Select(p => new TrainingTarget(p - 1, tokens[p]))], i));
        }

        return tooLong.Count == 0 && sequences.Count > 0
            ? new ModelTrainingData([.. sequences])
            : throw new TuningException(TuningFailure.UnusableData, $"{tooLong.Count} examples are longer than the {limit} tokens that an example may have: {string.Join("; ", tooLong.Take(3))}{(tooLong.Count > 3 ? "; …" : string.Empty)}. Shorten them, or raise MaxTokens up to the model's context of {model.TrainedContextLength}.");
    }

    /// <summary>What the model should write: a call in the form in which it is parsed, JSON without white space between its parts, as constrained decoding writes it, and other text as it is.</summary>
    internal static string AnswerText(ChatMessage answer)
    {
        if (answer.Contents.OfType<FunctionCallContent>().ToArray() is { Length: > 0 } calls)
        {
            string[] written = [.. calls.Select(ToolPrompt.Write)];
            return written.Length == 1 ? written[0] : $"[{string.Join(',', written)}]";
        }

        string text = answer.Text.Trim();
        if (text.Length == 0 || text[0] is not ('{' or '['))
        {
            return text;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            using MemoryStream buffer = new();
            using (Utf8JsonWriter writer = new(buffer, Compact))
            {
                document.RootElement.WriteTo(writer);
            }

            return Encoding.UTF8.GetString(buffer.ToArray());
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private static List<int> Prompt(LlamaModel model, TuningExample example) =>
        model.Render(model.CreateTemplate(), [.. example.Prompt], null, example.Tools).Tokens;
}
