namespace HeteroAgent.Benchmarks.Structured;

/// <summary>One way to answer a case. Used by one caller.</summary>
internal interface IContender : IAsyncDisposable
{
    /// <summary>The name under which results are written.</summary>
    string Name { get; }

    /// <summary>What comes before a case and is not timed, such as loading a model that has seen no prompt.</summary>
    /// <exception cref="ContenderException">The request is refused.</exception>
    Task PrepareAsync(Request request);

    /// <summary>Answers a request and takes its time.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cold">Whether nothing of the prompt may be in the cache; otherwise the prompt was answered just before.</param>
    /// <exception cref="ContenderException">The request is refused, for example for its schema.</exception>
    Task<Answer> AnswerAsync(Request request, bool cold);
}
