using System.Collections.ObjectModel;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>One local answer of which it is known whether it was correct: what a <see cref="RiskCalibration"/> is fitted on.</summary>
/// <remarks>Immutable and safe to share between threads.</remarks>
public sealed record LabeledCall
{
    /// <summary>Creates a labelled call.</summary>
    /// <param name="signals">The signals by name, finite; a signal that is not known is left out. The names of this library are in <see cref="CallSignals"/>.</param>
    /// <param name="isCorrect">Whether the answer was correct.</param>
    /// <exception cref="ArgumentNullException"><paramref name="signals"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">A name is empty, or a value is infinite or not a number.</exception>
    public LabeledCall(IReadOnlyDictionary<string, double> signals, bool isCorrect)
    {
        ArgumentNullException.ThrowIfNull(signals);
        foreach ((string name, double value) in signals)
        {
            if (string.IsNullOrWhiteSpace(name) || !double.IsFinite(value))
            {
                throw new ArgumentException($"The signal '{name}' is {value}; a signal has a name and a finite value, and one that is not known is left out.", nameof(signals));
            }
        }

        Signals = new ReadOnlyDictionary<string, double>(new Dictionary<string, double>(signals));
        IsCorrect = isCorrect;
    }

    /// <summary>Creates a labelled call from a response.</summary>
    /// <param name="response">The local answer.</param>
    /// <param name="isCorrect">Whether it was correct.</param>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public LabeledCall(ChatResponse response, bool isCorrect)
        : this(CallSignals.Read(response), isCorrect) => ModelId = response.ModelId;

    /// <summary>Creates a labelled call from what an escalation policy is shown, which also tells whether the answer satisfies its schema.</summary>
    /// <param name="context">The call; it must have answered.</param>
    /// <param name="isCorrect">Whether the answer was correct.</param>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The call failed.</exception>
    public LabeledCall(EscalationContext context, bool isCorrect)
        : this(CallSignals.Read(context), isCorrect) => ModelId = context.Response!.ModelId;

    /// <summary>Gets the signals by name.</summary>
    public IReadOnlyDictionary<string, double> Signals { get; }

    /// <summary>Gets whether the answer was correct.</summary>
    public bool IsCorrect { get; }

    /// <summary>Gets what the call belongs to, such as its question: calls of one group are never split between fitting and calibrating.</summary>
    /// <value>Default <see langword="null"/>: a group of its own.</value>
    public string? Group { get; init; }

    /// <summary>Gets the model that answered.</summary>
    /// <value>From the response where there was one; otherwise <see langword="null"/>: not known.</value>
    public string? ModelId { get; init; }
}
