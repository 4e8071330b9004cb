namespace HeteroAgent.LlamaCpp;

/// <summary>Makes a model that knows nothing yet: random weights, a vocabulary and the ChatML template in a GGUF file, for <see cref="ModelTrainer"/> to train.</summary>
public static class ScratchModel
{
    private const string ChatMl = "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    /// <summary>Writes the model, in 32 bits.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="vocabulary">Its vocabulary, with the control tokens <c>&lt;|im_start|&gt;</c> and <c>&lt;|im_end|&gt;</c>.</param>
    /// <param name="seed">Where the random weights begin.</param>
    /// <exception cref="ArgumentException">The shape cannot be trained, or the vocabulary lacks a token of the template.</exception>
    /// <exception cref="TuningException">The file could not be written.</exception>
    public static void Create(string path, ScratchShape shape, BytePairVocabulary vocabulary, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(vocabulary);
        if (shape.Problem is { } problem)
        {
            throw new ArgumentException($"This shape cannot be trained: {problem}.", nameof(shape));
        }

        if (((string[])["<|im_start|>", "<|im_end|>"]).FirstOrDefault(t => vocabulary.ControlTokenId(t) < 0) is { } missing)
        {
            throw new ArgumentException($"The vocabulary lacks the control token {missing}, which the template needs.", nameof(vocabulary));
        }

        TransformerShape sizes = new()
        {
            VocabularySize = vocabulary.Tokens.Count,
            Width = shape.Width,
            Layers = shape.Layers,
            Heads = shape.Heads,
            KeyValueHeads = shape.Heads,
            HeadSize = shape.Width / shape.Heads,
            FeedForward = shape.FeedForward,
            ContextLength = shape.ContextLength,
        };
        ParameterSet parameters = TransformerBuilder.Trained(sizes).Parameters;
        NetworkInitialization.Fill(parameters, sizes.Layers, seed);
        GgufWriter writer = new("llama");
        writer.Set("general.name", Path.GetFileNameWithoutExtension(path));
        LlamaMetadata.Set(writer, sizes);
        vocabulary.WriteTo(writer);
        writer.Set("tokenizer.chat_template", ChatMl);
        foreach (Parameter parameter in parameters.Parameters)
        {
            TrainedTensors.Set(writer, parameter.Name, GgmlType.F32, parameter.Shape, parameters.Values.AsMemory(parameter.Offset, parameter.Count));
        }

        writer.Write(path);
    }
}
