using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks;

/// <summary>A causal model of the starter's shape with random weights, as a file that both trainers read. Its output is its own matrix, since llama.cpp never trains the embeddings.</summary>
internal static class TrainingModel
{
    internal const int Sequence = 256;

    internal static TransformerShape Write(string path)
    {
        BytePairVocabulary vocabulary = Vocabulary();
        TransformerShape shape = new()
        {
            VocabularySize = vocabulary.Tokens.Count,
            Width = 128,
            Layers = 4,
            Heads = 4,
            KeyValueHeads = 4,
            HeadSize = 32,
            FeedForward = 352,
            ContextLength = Sequence,
            TiedOutput = false,
        };
        ParameterSet parameters = TransformerBuilder.Trained(shape).Parameters;
        NetworkInitialization.Fill(parameters, shape.Layers, seed: 1);
        GgufWriter writer = new("llama");
        writer.Set("general.name", "training benchmark");
        LlamaMetadata.Set(writer, shape);
        vocabulary.WriteTo(writer);
        foreach (Parameter parameter in parameters.Parameters)
        {
            TrainedTensors.Set(writer, parameter.Name, GgmlType.F32, parameter.Shape, parameters.Values.AsMemory(parameter.Offset, parameter.Count));
        }

        writer.Write(path);
        return shape;
    }

    /// <summary>The numbers that every token is multiplied with where every position is a target.</summary>
    internal static long MatrixParameters(TransformerShape shape) => shape.MatrixParameters + ((long)shape.VocabularySize * shape.Width);

    internal static int[][] Sequences(TransformerShape shape, int count, int length)
    {
        Random random = new(3);
        return [.. Enumerable.Range(0, count).Select(_ => (int[])[.. Enumerable.Range(0, length).Select(_ => random.Next(3, shape.VocabularySize))])];
    }

    /// <summary>About 2,050 tokens, learnt from words of drawn syllables.</summary>
    private static BytePairVocabulary Vocabulary()
    {
        Random random = new(1);
        string Word() => string.Concat(Enumerable.Range(0, random.Next(2, 5)).Select(_ => $"{"bdfgklmnprstvz"[random.Next(14)]}{"aeiou"[random.Next(5)]}"));
        string[] words = [.. Enumerable.Range(0, 1500).Select(_ => Word())];
        return BytePairVocabulary.Learn(Enumerable.Range(0, 3000).Select(_ => string.Join(' ', Enumerable.Range(0, 10).Select(_ => words[random.Next(words.Length)]))), new BytePairVocabularyOptions { Size = 2050 });
    }
}
