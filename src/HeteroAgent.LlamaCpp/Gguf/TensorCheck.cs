namespace HeteroAgent.LlamaCpp;

/// <summary>Checks the tensors' types and, for the architectures that are known in detail, their names and shapes.</summary>
internal static class TensorCheck
{
    public static void Run(GgufFile file)
    {
        Dictionary<string, GgufTensor> tensors = file.Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
        foreach (GgufTensor tensor in file.Tensors)
        {
            RequireType(file, tensor);
        }

        int vocabulary = file.VocabularySize!.Value;
        if (tensors.TryGetValue("token_embd.weight", out GgufTensor? embedding) && embedding.Shape.ElementAtOrDefault(1) != vocabulary)
        {
            throw RunnableCheck.Incoherent(file, $"'token_embd.weight' has the shape [{string.Join(", ", embedding.Shape)}] for a vocabulary of {vocabulary:N0} tokens");
        }

        TransformerTensors? needed = TransformerTensors.Of(file);
        foreach ((string name, long[] shape) in needed?.All() ?? [])
        {
            if (!tensors.TryGetValue(name, out GgufTensor? tensor))
            {
                throw RunnableCheck.Incoherent(file, $"the tensor '{name}' is missing; a model of architecture '{file.Architecture}' with {file.BlockCount} blocks needs it");
            }

            if (!tensor.Shape.SequenceEqual(shape))
            {
                throw RunnableCheck.Incoherent(file, $"'{name}' has the shape [{string.Join(", ", tensor.Shape)}]; the hyperparameters ask for [{string.Join(", ", shape)}]");
            }
        }
    }

    private static void RequireType(GgufFile file, GgufTensor tensor)
    {
        // libllama adds and multiplies vectors (norms, biases) in 32 bits only. A few architectures keep tables of integers.
        bool isInteger = tensor.Type is GgmlType.I32 or GgmlType.I64;
        bool ok = HyperparameterCheck.IsTransformer(file) || !isInteger
            ? tensor.Shape.Count == 1 ? tensor.Type == GgmlType.F32 : GgmlTypeLayout.CanBeWeight(tensor.Type)
            : !tensor.Name.StartsWith("blk.", StringComparison.Ordinal) || !tensor.Name.EndsWith(".bias", StringComparison.Ordinal);
        if (!ok)
        {
            throw RunnableCheck.Error(file, GgufError.UnsupportedTensorType, $"'{tensor.Name}' is stored as {tensor.Type}; {(tensor.Shape.Count == 1 ? "a vector is stored as F32" : "a matrix is stored in a floating-point or block format that the engine can multiply with")}");
        }
    }
}
