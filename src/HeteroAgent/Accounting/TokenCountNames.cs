using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>
/// The names under which <see cref="UsageDetails.AdditionalCounts"/> of a local model's answer says how its output tokens came
/// about: forced, drafted, and the rest sampled one a step. The counts are summable.
/// </summary>
public static class TokenCountNames
{
    /// <summary><c>ForcedTokenCount</c>: the output tokens that a schema left no choice about, which were written without asking the model.</summary>
    public const string Forced = "ForcedTokenCount";

    /// <summary><c>DraftedTokenCount</c>: the output tokens that were decoded ahead and proved to be what the model chose.</summary>
    public const string Drafted = "DraftedTokenCount";

    /// <summary><c>RejectedDraftTokenCount</c>: tokens that were decoded ahead in vain; they are not part of the output.</summary>
    public const string RejectedDraft = "RejectedDraftTokenCount";
}
