using Microsoft.Extensions.Logging;

namespace HeteroAgent.LlamaCpp;

/// <summary>The engine's log events, 2000 to 2999. Prompts and answers are in none of it.</summary>
internal static partial class LlamaEvents
{
    [LoggerMessage(EventId = 2000, Message = "{Message}")]
    internal static partial void Native(ILogger logger, LogLevel level, string message);

    [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "Loaded {Model} ({Architecture}, {SizeInBytes} bytes) on {Backend}, GPU layers {GpuLayers}, context {ContextLength} tokens, {Threads} threads to decode and {BatchThreads} for batches.")]
    internal static partial void ModelLoaded(ILogger logger, string model, string architecture, long sizeInBytes, string backend, int gpuLayers, int contextLength, int threads, int batchThreads);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Debug, Message = "Disposed {Model}.")]
    internal static partial void ModelDisposed(ILogger logger, string model);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Warning, Message = "{GpuLayers} layers of {Model} were to be placed on a GPU and no GPU device was found, so that it runs on the CPU. Add a backend package for the GPU, such as LLamaSharp.Backend.Cuda12 or LLamaSharp.Backend.Vulkan, or set LlamaModelOptions.GpuLayers to 0.")]
    internal static partial void NoGpu(ILogger logger, string model, int gpuLayers);

    [LoggerMessage(EventId = 2004, Level = LogLevel.Information, Message = "Loaded the adapter {Adapter} beside {Model}.")]
    internal static partial void AdapterLoaded(ILogger logger, string adapter, string model);

    [LoggerMessage(EventId = 2005, Level = LogLevel.Error, Message = "The model {Model} could not be loaded from '{Path}'; every request to it fails.")]
    internal static partial void LoadFailed(ILogger logger, Exception error, string model, string path);

    [LoggerMessage(EventId = 2010, Level = LogLevel.Debug, Message = "A request of {PromptTokens} tokens to {Model} was accepted; {Running} run and {Waiting} wait.")]
    internal static partial void RequestAccepted(ILogger logger, string model, int promptTokens, int running, int waiting);

    [LoggerMessage(EventId = 2011, Level = LogLevel.Debug, Message = "A request to {Model} has ended after {Milliseconds} ms with {OutputTokens} tokens.")]
    internal static partial void RequestEnded(ILogger logger, string model, double milliseconds, int outputTokens);

    [LoggerMessage(EventId = 2012, Level = LogLevel.Warning, Message = "The queue of {Model} is full and refused a request: {Running} run and {Waiting} wait.")]
    internal static partial void QueueFull(ILogger logger, string model, int running, int waiting);

    [LoggerMessage(EventId = 2013, Level = LogLevel.Warning, Message = "A request to {Model} was given up after it had waited {Milliseconds} ms for its start.")]
    internal static partial void RequestLate(ILogger logger, string model, double milliseconds);

    [LoggerMessage(EventId = 2014, Level = LogLevel.Error, Message = "A step of {Model} failed, and with it {Requests} requests.")]
    internal static partial void StepFailed(ILogger logger, Exception error, string model, int requests);

    [LoggerMessage(EventId = 2020, Level = LogLevel.Warning, Message = "The prefix cache of {Model} could not use '{Path}'; prompts are decoded as without it.")]
    internal static partial void PrefixCacheFault(ILogger logger, Exception? error, string model, string path);
}
