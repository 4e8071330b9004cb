namespace HeteroAgent.LlamaCpp;

/// <summary>What vocabulary is learnt.</summary>
public sealed class BytePairVocabularyOptions
{
    /// <summary>Gets or sets the most tokens, control tokens and the 256 bytes among them. There are fewer where the texts repeat too little.</summary>
    /// <value>Default 4,096. From 256 more than there are control tokens, to 1,048,576.</value>
    public int Size { get; set; } = 4096;

    /// <summary>Gets or sets how texts are cut before merging.</summary>
    /// <value>Default <see cref="BytePairPreTokenizer.SmolLM"/>.</value>
    public BytePairPreTokenizer PreTokenizer { get; set; } = BytePairPreTokenizer.SmolLM;

    /// <summary>Gets or sets the control tokens, which no text of a user turns into: the first tokens of the vocabulary, in this order.</summary>
    /// <value>Default <c>&lt;|endoftext|&gt;</c>, <c>&lt;|im_start|&gt;</c>, <c>&lt;|im_end|&gt;</c>. At least one; each once.</value>
    public IReadOnlyList<string> ControlTokens { get; set; } = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];

    /// <summary>Gets or sets the control token that begins a text and pads a batch.</summary>
    /// <value>Default <see langword="null"/>: the first control token.</value>
    public string? BeginToken { get; set; }

    /// <summary>Gets or sets the control token that ends a turn.</summary>
    /// <value>Default <see langword="null"/>: the last control token.</value>
    public string? EndToken { get; set; }

    /// <exception cref="ArgumentException">An option is none that is accepted.</exception>
    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(ControlTokens);
        if (ControlTokens.Count == 0 || ControlTokens.Distinct(StringComparer.Ordinal).Count() != ControlTokens.Count)
        {
            throw new ArgumentException($"There must be at least one control token, and each once; there are: {string.Join(", ", ControlTokens)}.", nameof(ControlTokens));
        }

        // What is cut before merging can never be learnt, so a control token never stands for plain text as well.
        if (ControlTokens.FirstOrDefault(t => string.IsNullOrEmpty(t) || HeteroAgent.LlamaCpp.PreTokenizer.Split(t, PreTokenizer).Count < 2) is { } whole)
        {
            throw new ArgumentException($"The control token '{whole}' could be learnt as plain text: mix letters and signs, as in <|end|>.", nameof(ControlTokens));
        }

        int least = 256 + ControlTokens.Count;
        if (Size < least || Size > 1 << 20)
        {
            throw new ArgumentOutOfRangeException(nameof(Size), Size, $"From {least:N0} to {1 << 20:N0} tokens are accepted.");
        }

        foreach (string? named in (string?[])[BeginToken, EndToken])
        {
            if (named is not null && !ControlTokens.Contains(named))
            {
                throw new ArgumentException($"'{named}' is none of the control tokens {string.Join(", ", ControlTokens)}.", nameof(ControlTokens));
            }
        }
    }
}
