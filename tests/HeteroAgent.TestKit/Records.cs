using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace HeteroAgent.TestKit;

/// <summary>The records of a response in a form that can be compared.</summary>
public static partial class Records
{
    public static IReadOnlyDictionary<string, string> Of(ChatResponse response, int? digits = null) => new Dictionary<string, string>
    {
        ["escalation"] = Write(response.GetEscalation(), digits),
        ["confidence"] = Write(response.GetConfidence(), digits),
        ["logprobs"] = Write(response.GetLogprobs(), digits),
        ["verification"] = Write(response.GetVerification(), digits),
        ["abstained"] = Write(response.IsVerificationAbstained(), digits),
        ["retrieval"] = Write(response.GetRetrieval(), digits),
        ["citations"] = Write(response.GetCitations(), digits),
    };

    public static IReadOnlyDictionary<string, string> Of(ChatMessage message) => Of(new ChatResponse(message));

    private static string Write<T>(T value, int? digits)
    {
        string json = JsonSerializer.Serialize(value, AIJsonUtilities.DefaultOptions);
        return digits is not { } shown ? json
            : Fraction().Replace(json, m => Math.Round(double.Parse(m.ValueSpan, CultureInfo.InvariantCulture), shown).ToString(CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"-?[0-9]+\.[0-9]+(E[-+]?[0-9]+)?", RegexOptions.CultureInvariant)]
    private static partial Regex Fraction();
}
