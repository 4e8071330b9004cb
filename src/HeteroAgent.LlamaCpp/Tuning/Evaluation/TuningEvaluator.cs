using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>Measures a specialist on examples whose answers are known. Works with any <see cref="IChatClient"/>: extractive, generating, classifying, or remote.</summary>
public static class TuningEvaluator
{
    /// <summary>Asks a specialist every example, one after the other, and compares its answers with the expected ones. An example that fails is counted as wrong, and the others go on.</summary>
    /// <param name="client">The specialist. It is asked at temperature 0.</param>
    /// <param name="set">The examples; nothing of them may have been trained on (<see cref="TuningSet.RequireDisjoint"/>).</param>
    /// <param name="options">How to ask; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Told the number of examples done.</param>
    /// <param name="cancellationToken">Ends the evaluation.</param>
    /// <returns>The measures.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="JsonSchemaException">The schema is malformed or uses a keyword that is not supported.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<TuningEvaluation> EvaluateAsync(IChatClient client, TuningSet set, TuningEvaluationOptions? options = null, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(set);
        options ??= new TuningEvaluationOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxOutputTokens, 1, nameof(options));
        AnswerForm form = new(options.Schema);
        SpecialistAnswer[] expected = [.. set.Examples.Select(e => SpecialistAnswer.Read([e.Answer]))];

        // Whether a call is expected must not depend on the example: that would tell the answer.
        bool mustCall = expected.All(e => e.Calls is not null);
        List<EvaluatedExample> done = new(expected.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            TuningExample example = set.Examples[i];
            ChatOptions asked = Options(example, options, mustCall);
            if (i == 0)
            {
                // The first request builds what later ones find: it is not timed.
                _ = await AskAsync(client, example, asked, expected[i], form, cancellationToken).ConfigureAwait(false);
            }

            done.Add(await AskAsync(client, example, asked, expected[i], form, cancellationToken).ConfigureAwait(false));
            progress?.Report(done.Count);
        }

        return new TuningEvaluation(done);
    }

    private static ChatOptions Options(TuningExample example, TuningEvaluationOptions options, bool mustCall)
    {
        bool offers = options.Schema is null && options.OfferTools && example.Tools.Count > 0;
        return new ChatOptions
        {
            Temperature = 0,
            MaxOutputTokens = options.MaxOutputTokens,
            ResponseFormat = options.Schema is { } schema ? ChatResponseFormat.ForJsonSchema(schema) : null,
            Tools = offers ? [.. example.Tools] : null,
            ToolMode = !offers ? null : mustCall ? ChatToolMode.RequireAny : ChatToolMode.Auto,
        };
    }

    private static async Task<EvaluatedExample> AskAsync(IChatClient client, TuningExample example, ChatOptions options, SpecialistAnswer expected, AnswerForm form, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            ChatResponse response = await client.GetResponseAsync(example.Prompt, options, cancellationToken).ConfigureAwait(false);
            TimeSpan duration = Stopwatch.GetElapsedTime(start);
            SpecialistAnswer answer = SpecialistAnswer.Read(response.Messages);
            return new EvaluatedExample(
                example, answer.ToString(), expected.SameAs(answer), expected.SameTools(answer), form.IsValid(example, expected, answer), response.GetConfidence()?.Score, duration, Error: null)
            {
                Fields = expected.Compare(answer),
            };
        }
#pragma warning disable CA1031 // Whatever one example fails with, the others are measured; it is counted and named.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new EvaluatedExample(example, Answer: null, IsExact: false, expected.Calls is null ? null : false, IsValid: false, Confidence: null, Stopwatch.GetElapsedTime(start), $"{e.GetType().Name}: {e.Message}")
            {
                Fields = expected.Compare(null),
            };
        }
#pragma warning restore CA1031
    }
}
