using System.Text.Json.Serialization;

namespace HeteroAgent;

/// <summary>One generated token and its log-probability under the unmasked distribution at temperature 1.</summary>
/// <param name="TokenId">The token's id in the model's vocabulary.</param>
/// <param name="Text">The token's text; a token that ends inside a UTF-8 character shows U+FFFD.</param>
/// <param name="Logprob">The natural logarithm of the token's probability, at most 0.</param>
[JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[method: JsonConstructor]
public readonly record struct TokenLogprob(int TokenId, string Text, double Logprob)
{
    /// <summary>Gets whether a schema left no choice about this token, so that the model was not asked: <see cref="Logprob"/> is then 0, and the token does not count towards a <see cref="Confidence"/>.</summary>
    public bool IsForced { get; init; }
}
