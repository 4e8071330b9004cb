using System.Runtime.CompilerServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>The documents of a grammar that allows only a few, with their tokens in one vocabulary. Immutable; listed once for a grammar and a vocabulary.</summary>
internal sealed class ChoiceTokens
{
    private static readonly ConditionalWeakTable<JsonGrammar, ConditionalWeakTable<Vocabulary, ChoiceTokens>> Known = [];

    private ChoiceTokens(JsonGrammar grammar, Vocabulary vocabulary)
    {
        if (ChoiceSet.TryEnumerate(grammar, out IReadOnlyList<string>? documents))
        {
            Documents = documents;
            Tokens = [.. documents.Select(d => Tokenize(vocabulary, d))];
        }
    }

    /// <summary>The documents, or null where they are too many.</summary>
    public IReadOnlyList<string>? Documents { get; }

    /// <summary>The tokens of each document.</summary>
    public IReadOnlyList<int[]>? Tokens { get; }

    /// <summary>The documents of a grammar. Thread-safe.</summary>
    public static ChoiceTokens Of(JsonGrammar grammar, Vocabulary vocabulary) =>
        Known.GetOrCreateValue(grammar).GetValue(vocabulary, v => new ChoiceTokens(grammar, v));

    private static int[] Tokenize(Vocabulary vocabulary, string text)
    {
        List<int> tokens = [];
        vocabulary.AppendPlain(text, tokens);
        return [.. tokens];
    }
}
