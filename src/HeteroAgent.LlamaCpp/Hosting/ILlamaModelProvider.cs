namespace HeteroAgent.LlamaCpp;

/// <summary>Gives the model that <c>AddLlamaModel</c> registered under a name, once it is loaded. Registered under that name, and without one for the first model.</summary>
/// <remarks>Safe for any number of threads. The model belongs to the container.</remarks>
public interface ILlamaModelProvider
{
    /// <summary>Gets the name that the model was registered under.</summary>
    string Name { get; }

    /// <summary>Gets whether the model is loaded.</summary>
    bool IsLoaded { get; }

    /// <summary>Waits for the model, whose loading is started where it has not been.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the loading.</param>
    /// <returns>The model.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="GgufException">The file is damaged or cannot be run.</exception>
    /// <exception cref="LlamaModelException">The native library refused the model, or its context does not fit into the memory.</exception>
    /// <exception cref="LlamaRuntimeException">The native library could not be loaded.</exception>
    /// <exception cref="ObjectDisposedException">The container is disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<LlamaModel> GetAsync(CancellationToken cancellationToken = default);
}
