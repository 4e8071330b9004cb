namespace HeteroAgent.LlamaCpp;

/// <summary>How a text is cut into pieces before byte pairs are merged within each: rules that llama.cpp knows by name (<c>tokenizer.ggml.pre</c>).</summary>
public enum BytePairPreTokenizer
{
    /// <summary>GPT-2's rule: English contractions, then letters, digits or other characters with at most one space before them, then white space.</summary>
    Gpt2,

    /// <summary>SmolLM's rule: every digit is a piece of its own; the stretches between are cut as by <see cref="Gpt2"/>.</summary>
    SmolLM,
}
