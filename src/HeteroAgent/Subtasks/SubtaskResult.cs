using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>What a <see cref="Subtask{TInput, TOutput}"/> found.</summary>
/// <typeparam name="TOutput">The type of the result.</typeparam>
public sealed record SubtaskResult<TOutput>
{
    internal SubtaskResult(TOutput value, ChatResponse response)
    {
        Value = value;
        Response = response;
    }

    /// <summary>Gets the result. It satisfies the schema, and its spans occur in the input, whichever model answered.</summary>
    public TOutput Value { get; }

    /// <summary>Gets how sure the local model was of its answer, also where the frontier model replaced it; <see langword="null"/> where no local model recorded it.</summary>
    public Confidence? Confidence => Response.GetConfidence();

    /// <summary>Gets which model answered, one of <see cref="Routes"/>, or <see langword="null"/> where the client does not say.</summary>
    public string? Route => Response.GetRoute();

    /// <summary>Gets why the call was escalated, or <see langword="null"/> where it was not.</summary>
    public string? EscalationReason => Response.GetEscalationReason();

    /// <summary>Gets the tokens used by all models together, or <see langword="null"/> where none were reported.</summary>
    public UsageDetails? Usage => Response.Usage;

    /// <summary>Gets the whole response.</summary>
    public ChatResponse Response { get; }
}
