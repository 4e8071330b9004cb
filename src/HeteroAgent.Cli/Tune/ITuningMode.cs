using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary>One way to train a specialist: what stands behind <c>--classify</c>, <c>--extract</c>, <c>--lora</c> or <c>--scratch</c>.</summary>
internal interface ITuningMode
{
    /// <summary>The option that chooses it, for example <c>--classify</c>.</summary>
    string Option { get; }

    /// <summary>Trains, writes <see cref="TuneRequest.Output"/> and measures.</summary>
    Task<TuneSummary> RunAsync(TuneRequest request, TuneData data, IProgress<TuningProgress> progress, CancellationToken cancellationToken);
}
