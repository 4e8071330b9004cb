namespace HeteroAgent;

/// <summary>A message or an option holds something that the client or its model cannot take, such as an image for a text model.</summary>
public sealed class UnsupportedContentException : NotSupportedException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="content">What it is and where it stands.</param>
    /// <param name="accepted">What is accepted in its place.</param>
    public UnsupportedContentException(string content, string accepted)
        : base($"{content} cannot be sent to this model; accepted here: {accepted}.")
    {
        Content = content;
        Accepted = accepted;
    }

    /// <summary>Gets what cannot be sent.</summary>
    public string Content { get; }

    /// <summary>Gets what is accepted in its place.</summary>
    public string Accepted { get; }
}
