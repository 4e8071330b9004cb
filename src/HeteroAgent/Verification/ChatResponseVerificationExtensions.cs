using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Reads from a <see cref="ChatResponse"/> what a process verifier found in it.</summary>
public static class ChatResponseVerificationExtensions
{
    /// <summary>Gets what the verifier found.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>The result, or <see langword="null"/> where no step was scored: no verifier took part, the answer only calls tools, or it is the frontier model's.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static VerificationResult? GetVerification(this ChatResponse response)
    {
        AdditionalPropertiesDictionary? properties = Properties(response, ResponsePropertyNames.VerificationSteps);
        if (properties?[ResponsePropertyNames.VerificationSteps] is not IReadOnlyList<double> { Count: > 0 } scores
            || !properties.TryGetValue(ResponsePropertyNames.VerificationFirstError, out int firstError))
        {
            return null;
        }

        IReadOnlyList<string> texts = Get<IReadOnlyList<string>>(properties, ResponsePropertyNames.VerificationReasons) ?? [];
        IReadOnlyList<int> steps = Get<IReadOnlyList<int>>(properties, ResponsePropertyNames.VerificationReasonSteps) ?? [];
        return new([.. scores.Select(static (s, i) => new StepScore(i, s))], firstError, [.. steps.Zip(texts, static (s, t) => new StepReason(s, t))])
        {
            IsAbstained = properties.TryGetValue(ResponsePropertyNames.VerificationAbstained, out bool abstained) && abstained,
            Domain = Get<string>(properties, ResponsePropertyNames.VerificationDomain),
        };
    }

    /// <summary>Tells whether a verifier was asked and would not judge: it does not know this kind of trace, or there was no reasoning to score.</summary>
    internal static bool IsVerificationAbstained(this ChatResponse response) =>
        Properties(response, ResponsePropertyNames.VerificationAbstained)?.TryGetValue(ResponsePropertyNames.VerificationAbstained, out bool abstained) == true && abstained;

    private static AdditionalPropertiesDictionary? Properties(ChatResponse response, string key)
    {
        ArgumentNullException.ThrowIfNull(response);
        AdditionalPropertiesDictionary? last = response.Messages.Count > 0 ? response.Messages[^1].AdditionalProperties : null;
        return response.AdditionalProperties?.ContainsKey(key) == true ? response.AdditionalProperties : last?.ContainsKey(key) == true ? last : null;
    }

    private static T? Get<T>(AdditionalPropertiesDictionary properties, string key)
        where T : class => properties.TryGetValue(key, out object? value) ? value as T : null;
}
