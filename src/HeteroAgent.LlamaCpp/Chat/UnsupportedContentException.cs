namespace HeteroAgent.LlamaCpp;

/// <summary>A message holds content that a text model cannot read, such as an image.</summary>
public sealed class UnsupportedContentException : NotSupportedException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="messageIndex">The message's place in the conversation, from 0.</param>
    /// <param name="contentType">The content's type.</param>
    public UnsupportedContentException(int messageIndex, Type contentType)
        : base($"Message {messageIndex} holds {contentType?.Name}, and this model reads text, tool calls and tool results only.")
    {
        MessageIndex = messageIndex;
        ContentType = contentType;
    }

    /// <summary>Gets the message's place in the conversation, from 0.</summary>
    public int MessageIndex { get; }

    /// <summary>Gets the content's type.</summary>
    public Type? ContentType { get; }
}
