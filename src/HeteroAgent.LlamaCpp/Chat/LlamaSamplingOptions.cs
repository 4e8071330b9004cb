namespace HeteroAgent.LlamaCpp;

/// <summary>
/// Knobs of one request that <c>ChatOptions</c> has no place for. Return a new one from <c>ChatOptions.RawRepresentationFactory</c>;
/// what is set here wins over the options of the call, what is <see langword="null"/> is taken from there.
/// </summary>
/// <example><code>options.RawRepresentationFactory = client => client is LlamaChatClient ? new LlamaSamplingOptions { MinP = 0.05f } : null;</code></example>
public sealed class LlamaSamplingOptions
{
    /// <summary>Gets or sets the temperature, at least 0.</summary>
    /// <value>Default <see langword="null"/>: that of the call, else 0, which is greedy decoding.</value>
    public float? Temperature { get; set; }

    /// <summary>Gets or sets how many of the most probable tokens may be drawn; 0 for all.</summary>
    /// <value>Default <see langword="null"/>: that of the call, else 40.</value>
    public int? TopK { get; set; }

    /// <summary>Gets or sets the share of probability from which tokens are drawn (nucleus sampling), in (0, 1].</summary>
    /// <value>Default <see langword="null"/>: that of the call, else 1.</value>
    public float? TopP { get; set; }

    /// <summary>Gets or sets the least probability of a token relative to the most probable one, in [0, 1].</summary>
    /// <value>Default <see langword="null"/>: 0.</value>
    public float? MinP { get; set; }

    /// <summary>Gets or sets the factor by which the logit of a token that already occurred is weakened; 1 for none.</summary>
    /// <value>Default <see langword="null"/>: 1.</value>
    public float? RepeatPenalty { get; set; }

    /// <summary>Gets or sets how many generated tokens back the penalties look.</summary>
    /// <value>Default <see langword="null"/>: 64.</value>
    public int? PenaltyWindow { get; set; }

    /// <summary>Gets or sets the seed of the draw; the same seed, prompt and knobs give the same text.</summary>
    /// <value>Default <see langword="null"/>: that of the call, else a new one each time.</value>
    public int? Seed { get; set; }

    /// <summary>Gets or sets whether the response carries the log-probability of each token; see <see cref="ChatResponseConfidenceExtensions.GetLogprobs(Microsoft.Extensions.AI.ChatResponse)"/>.</summary>
    /// <value>Default <see langword="null"/>: as <see cref="RequestPropertyNames.Logprobs"/> of the call's additional properties says, else no.</value>
    public bool? Logprobs { get; set; }

    /// <summary>Gets or sets whether text that a schema leaves no choice about is written without asking the model. Off, each token is sampled: slower, and only good for comparing.</summary>
    /// <value>Default <see langword="null"/>: yes.</value>
    public bool? ForcedTokens { get; set; }

    /// <summary>
    /// Gets or sets whether tokens that probably follow, because the words before them stand in the prompt too, are decoded ahead and
    /// then verified. The answer is the same either way. Drafting pauses by itself while it does not pay.
    /// </summary>
    /// <value>Default <see langword="null"/>: under a schema or in a tool call only. <see langword="true"/>: in free text too. <see langword="false"/>: never.</value>
    public bool? DraftTokens { get; set; }

    /// <summary>Gets or sets how urgent the request is beside others of the same model.</summary>
    /// <value>Default <see cref="RequestPriority.Normal"/>.</value>
    public RequestPriority Priority { get; set; }
}
