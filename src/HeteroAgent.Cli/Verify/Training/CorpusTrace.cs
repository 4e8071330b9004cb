using HeteroAgent.Onnx;

namespace HeteroAgent.Cli;

/// <summary>One labelled trace of a public data set, with what its report needs.</summary>
/// <param name="Labeled">The trace and its label.</param>
/// <param name="Source">The data set, such as <c>processbench-gsm8k</c>.</param>
internal sealed record CorpusTrace(LabeledTrace Labeled, string Source)
{
    /// <summary>The model that wrote it, where the data set says so.</summary>
    public string? Generator { get; init; }

    /// <summary>Whether its final answer is right, where the data set says so.</summary>
    public bool? IsAnswerRight { get; init; }

    /// <summary>The label of each step (1, 0, -1), where the data set has one.</summary>
    public IReadOnlyList<int> StepLabels { get; init; } = [];

    /// <summary>The family of the model that wrote it: its name up to the size.</summary>
    public string? Family => Generator is null ? null
        : Generator.Contains("Math", StringComparison.Ordinal) ? "Qwen2.5-Math"
        : Generator.Contains("Llama", StringComparison.Ordinal) ? "Llama-3"
        : Generator.StartsWith("Qwen2.5", StringComparison.Ordinal) ? "Qwen2.5"
        : "Qwen2";
}
