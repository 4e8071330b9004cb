using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>How a specialist is asked in an evaluation.</summary>
public sealed class TuningEvaluationOptions
{
    /// <summary>Gets or sets the JSON schema that every answer has to follow.</summary>
    /// <value>Default <see langword="null"/>: the tools of each example, where it has some, else free text.</value>
    public JsonElement? Schema { get; set; }

    /// <summary>Gets or sets whether an example's tools are offered to the model. Where every answer in the set is a call, one of them has to be called.</summary>
    /// <value>Default <see langword="true"/>. Answers are checked against the tools either way.</value>
    public bool OfferTools { get; set; } = true;

    /// <summary>Gets or sets the most tokens of an answer.</summary>
    /// <value>Default 256. At least 1.</value>
    public int MaxOutputTokens { get; set; } = 256;
}
