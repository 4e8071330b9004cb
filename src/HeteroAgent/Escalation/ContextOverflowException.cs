namespace HeteroAgent;

/// <summary>A prompt does not fit into a model's context. It is thrown before any work is done, and is a reason to escalate.</summary>
public sealed class ContextOverflowException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="promptTokens">The tokens of the prompt.</param>
    /// <param name="contextLength">The tokens that the model's context holds, prompt and answer together.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="answerTokens">The fewest tokens that the answer needs.</param>
    public ContextOverflowException(int promptTokens, int contextLength, string? model = null, int answerTokens = 1)
        : base($"The prompt has {promptTokens} tokens, and the context of {model ?? "the model"} holds {contextLength}, of which at least {answerTokens} must be left for the answer. Shorten the prompt, load the model with a longer context, or escalate on ContextOverflow.")
    {
        PromptTokens = promptTokens;
        ContextLength = contextLength;
    }

    /// <summary>Creates the exception for what is read in one piece and has no answer to leave room for.</summary>
    /// <param name="message">What is too long, and what to do.</param>
    /// <param name="promptTokens">The tokens of the text.</param>
    /// <param name="contextLength">The tokens that the model reads at most.</param>
    public ContextOverflowException(string message, int promptTokens, int contextLength)
        : base(message)
    {
        PromptTokens = promptTokens;
        ContextLength = contextLength;
    }

    /// <summary>Gets the tokens of the prompt.</summary>
    public int PromptTokens { get; }

    /// <summary>Gets the tokens that the context holds, prompt and answer together.</summary>
    public int ContextLength { get; }
}
