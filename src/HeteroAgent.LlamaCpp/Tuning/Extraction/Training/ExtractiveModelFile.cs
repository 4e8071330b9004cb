using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>Writes a trained network as the GGUF file that <see cref="ExtractiveModel"/> loads.</summary>
internal static class ExtractiveModelFile
{
    private const int ControlToken = 3;
    private const int NormalToken = 1;

    internal static void Write(string path, TransformerShape shape, ParameterSet parameters, ExtractiveTokenizer tokenizer, ExtractionSchema schema, GgmlType type)
    {
        GgufWriter writer = new("llama");
        writer.Set("general.name", Path.GetFileNameWithoutExtension(path));
        LlamaMetadata.Set(writer, shape);
        SetTokenizer(writer, tokenizer);
        writer.Set("extract.tools", JsonSerializer.Serialize(schema.Tools.ToDictionary(t => t.Name, t => t.Slots)));
        writer.Set("extract.word_pattern", schema.Words.Pattern);
        foreach (Parameter parameter in parameters.Parameters)
        {
            TrainedTensors.Set(writer, parameter.Name, TrainedTensors.TypeFor(type, parameter), parameter.Shape, parameters.Values.AsMemory(parameter.Offset, parameter.Count));
        }

        writer.Write(path);
    }

    private static void SetTokenizer(GgufWriter writer, ExtractiveTokenizer tokenizer)
    {
        writer.Set("tokenizer.ggml.model", "gpt2");
        writer.Set("tokenizer.ggml.pre", "gpt-2");
        writer.SetArray("tokenizer.ggml.tokens", tokenizer.Tokens);
        writer.SetArray<int>("tokenizer.ggml.token_type", tokenizer.Tokens.Select((_, i) => i < tokenizer.MarkCount ? ControlToken : NormalToken).ToArray());
        writer.SetArray("tokenizer.ggml.merges", tokenizer.Merges);
        writer.Set("tokenizer.ggml.unknown_token_id", 0u);
        writer.Set("tokenizer.ggml.bos_token_id", 1u);
        writer.Set("tokenizer.ggml.eos_token_id", 2u);
        writer.Set("tokenizer.ggml.add_bos_token", false);
        writer.Set("tokenizer.ggml.add_space_prefix", false);
    }
}
