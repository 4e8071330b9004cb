namespace HeteroAgent.OpenAI;

/// <summary>A message or an option holds something that the chat completions protocol has no place for.</summary>
public sealed class UnsupportedContentException : NotSupportedException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="content">What it is.</param>
    /// <param name="accepted">What is accepted in its place.</param>
    public UnsupportedContentException(string content, string accepted)
        : base($"{content} cannot be sent over the chat completions protocol; accepted here: {accepted}.")
    {
        Content = content;
        Accepted = accepted;
    }

    /// <summary>Gets what cannot be sent.</summary>
    public string Content { get; }

    /// <summary>Gets what is accepted in its place.</summary>
    public string Accepted { get; }
}
