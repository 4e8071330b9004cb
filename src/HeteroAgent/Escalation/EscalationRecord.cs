using System.Text.Json.Serialization;

namespace HeteroAgent;

/// <summary>Which model answered and why. Immutable; it stands on a response, on its messages and on the updates of a stream.</summary>
public sealed record EscalationRecord
{
    internal static readonly ResponseRecord<EscalationRecord> Slot = new("heteroagent.escalation", static () => HeteroAgentJsonContext.Default.EscalationRecord);

    /// <summary>Creates a record.</summary>
    /// <param name="route">Which model answered: <see cref="Routes.Local"/> or <see cref="Routes.Frontier"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="route"/> is neither of the two.</exception>
    [JsonConstructor]
    public EscalationRecord(string route) => Route = route is Routes.Local or Routes.Frontier
        ? route
        : throw new ArgumentException($"The route '{route}' is not known; it is '{Routes.Local}' or '{Routes.Frontier}'.", nameof(route));

    /// <summary>Gets which model answered: <see cref="Routes.Local"/> or <see cref="Routes.Frontier"/>.</summary>
    public string Route { get; }

    /// <summary>Gets why the call was escalated, a short code such as <c>confidence_below</c>; <see langword="null"/> where it was not.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets the figures behind the reason, for a person to read; <see langword="null"/> where there are none.</summary>
    public string? Detail { get; init; }

    /// <summary>Gets the reason for which the call would have been escalated, had a limit not kept the local answer; <see langword="null"/> where none did.</summary>
    public string? Withheld { get; init; }

    /// <summary>Gets how many steps of the local answer were shown before the frontier model went on with it; <see langword="null"/> where no <see cref="StepwiseEscalatingChatClient"/> handed over.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int? PrefixSteps { get; init => field = NotNegative(value); }

    /// <summary>Gets how many UTF-16 code units of the answer's text are the local model's; <see langword="null"/> where no <see cref="StepwiseEscalatingChatClient"/> handed over.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int? PrefixLength { get; init => field = NotNegative(value); }

    /// <summary>Reads the record among additional properties, such as those of an update or a message, or the metadata that Semantic Kernel makes of them.</summary>
    /// <param name="properties">The properties; the record may stand among them as an object or as JSON.</param>
    /// <returns>The record, or <see langword="null"/> where there is none or it is malformed.</returns>
    public static EscalationRecord? From(IReadOnlyDictionary<string, object?>? properties) => Slot.Read(properties);

    private static int? NotNegative(int? value) =>
        value is null or >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A count is not negative.");
}
