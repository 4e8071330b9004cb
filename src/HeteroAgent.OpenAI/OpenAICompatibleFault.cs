namespace HeteroAgent.OpenAI;

/// <summary>What went wrong with a server, other than an HTTP status.</summary>
public enum OpenAICompatibleFault
{
    /// <summary>The answer is not what the chat completions protocol prescribes.</summary>
    MalformedResponse,

    /// <summary>A streamed answer ended before it was complete.</summary>
    BrokenStream,

    /// <summary>No connection could be made, or it broke before there was an answer.</summary>
    Unreachable,

    /// <summary>The server took longer than the client's network timeout.</summary>
    Timeout,
}
