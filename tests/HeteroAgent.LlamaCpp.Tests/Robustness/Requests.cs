namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Requests straight to a scheduler.</summary>
internal static class Requests
{
    internal static int[] Tokens(LlamaModel model, string text)
    {
        List<int> tokens = [model.Vocabulary.Bos];
        model.Vocabulary.AppendPlain(text, tokens);
        return [.. tokens];
    }

    internal static GenerationRequest Generate(LlamaModel model, int[] prompt, int? maxTokens, SamplingParameters? sampling = null, ITokenConstraint? constraint = null, string[]? stops = null, CancellationToken cancellationToken = default) =>
        new(prompt, cancellationToken)
        {
            MaxTokens = maxTokens,
            Sampler = new Sampler(sampling ?? new SamplingParameters(), model.VocabularySize, model.Vocabulary.EndOfGeneration),
            Constraint = constraint,
            Stops = stops is null ? null : new StopSequences(stops),
        };

    internal static async Task<List<GeneratedToken>> RunAsync(LlamaModel model, GenerationRequest request)
    {
        model.Scheduler.Submit(request);
        List<GeneratedToken> tokens = [];
        await foreach (GeneratedToken token in request.Output.ReadAllAsync())
        {
            tokens.Add(token);
        }

        return tokens;
    }

    internal static async Task<float[][]> ScoreAsync(LlamaModel model, int[] prompt, params int[][] choices)
    {
        GenerationRequest request = new(prompt, CancellationToken.None) { Choices = choices };
        _ = await RunAsync(model, request);
        return request.ChoiceScores!;
    }
}
