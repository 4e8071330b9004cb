namespace HeteroAgent.LlamaCpp;

/// <summary>How a network that labels words reads a request, and which of its outputs stand for tools, labels and members of closed sets. Thread-safe.</summary>
internal interface IExtractiveEncoding
{
    /// <summary>The output of each tool.</summary>
    int[] ToolOutputs { get; }

    /// <summary>The output of each label, numbered as in <see cref="ExtractionSchema"/>.</summary>
    int[] LabelOutputs { get; }

    /// <summary>For each closed slot the output of none, then those of its members; empty where the network reads no closed slots.</summary>
    int[][] ClosedOutputs { get; }

    /// <summary>A request in tokens, or null where it is longer than the network reads.</summary>
    ReadRequest? Read(string request, IReadOnlyList<(int Start, int Length)> words);

    /// <summary>The same, varied as training wants it.</summary>
    ReadRequest? ReadVaried(AugmentedExample augmented, IReadOnlyList<(int Start, int Length)> words);
}
