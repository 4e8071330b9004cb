namespace HeteroAgent.LlamaCpp;

/// <summary>How much the examples of an extractive model are varied in training, anew in every epoch. The defaults are those of the models that ship.</summary>
/// <remarks>All values are probabilities in [0, 1]. A variation that would leave a value inside a word is not made.</remarks>
public sealed class ExtractiveAugmentation
{
    /// <summary>Gets or sets the share of requests in which values are swapped.</summary>
    /// <value>Default 0.6.</value>
    public double SwapShare { get; set; } = 0.6;

    /// <summary>Gets or sets the probability that a value of such a request is replaced by another of the same slot in the set, with its casing.</summary>
    /// <value>Default 0.6.</value>
    public double SwapRate { get; set; } = 0.6;

    /// <summary>Gets or sets the share of requests that are crossed with another of the same tool: this one up to and with a slot, the other from behind the same slot on.</summary>
    /// <value>Default 0.3.</value>
    public double Crossing { get; set; } = 0.3;

    /// <summary>Gets or sets the share of requests that are written carelessly.</summary>
    /// <value>Default 0.6.</value>
    public double Noise { get; set; } = 0.6;

    /// <summary>Gets or sets the share of careless requests that are in lower case; the others lose their final punctuation.</summary>
    /// <value>Default 0.65. Requests all in upper case are read as lower case anyway.</value>
    public double NoiseLowerCase { get; set; } = 0.65;

    /// <summary>Gets or sets the share of requests with one typing error in a word outside the values.</summary>
    /// <value>Default 0.2.</value>
    public double TypingErrors { get; set; } = 0.2;

    /// <summary>Gets or sets the share of requests that are encoded with <see cref="MergeDropout"/>.</summary>
    /// <value>Default 0.5.</value>
    public double MergeDropoutShare { get; set; } = 0.5;

    /// <summary>Gets or sets the probability that a merge of the byte-pair encoding is left out, so that a word falls into smaller pieces (BPE-dropout; Provilkov, Emelianenko and Voita, 2020).</summary>
    /// <value>Default 0.12.</value>
    public double MergeDropout { get; set; } = 0.12;

    /// <summary>Gets or sets the share of requests in which words are replaced by the unknown token.</summary>
    /// <value>Default 0.5.</value>
    public double UnknownWordShare { get; set; } = 0.5;

    /// <summary>Gets or sets the probability that a word of such a request is replaced.</summary>
    /// <value>Default 0.05.</value>
    public double UnknownWords { get; set; } = 0.05;

    /// <summary>Gets options that vary nothing.</summary>
    public static ExtractiveAugmentation None => new()
    {
        SwapShare = 0,
        Crossing = 0,
        Noise = 0,
        TypingErrors = 0,
        MergeDropoutShare = 0,
        UnknownWordShare = 0,
    };

    /// <summary>A copy that later changes do not reach.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is no probability.</exception>
    internal ExtractiveAugmentation Validated()
    {
        Check(SwapShare, nameof(SwapShare));
        Check(SwapRate, nameof(SwapRate));
        Check(Crossing, nameof(Crossing));
        Check(Noise, nameof(Noise));
        Check(NoiseLowerCase, nameof(NoiseLowerCase));
        Check(TypingErrors, nameof(TypingErrors));
        Check(MergeDropoutShare, nameof(MergeDropoutShare));
        Check(MergeDropout, nameof(MergeDropout));
        Check(UnknownWordShare, nameof(UnknownWordShare));
        Check(UnknownWords, nameof(UnknownWords));
        return (ExtractiveAugmentation)MemberwiseClone();

        static void Check(double value, string name)
        {
            if (!(value is >= 0 and <= 1))
            {
                throw new ArgumentOutOfRangeException(name, value, "A probability in [0, 1] was expected.");
            }
        }
    }
}
