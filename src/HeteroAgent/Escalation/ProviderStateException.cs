namespace HeteroAgent;

/// <summary>An option that names state kept by one provider was passed to a pipeline of several models.</summary>
public sealed class ProviderStateException : NotSupportedException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="optionName">The option, such as <c>ConversationId</c>.</param>
    /// <param name="value">Its value.</param>
    public ProviderStateException(string optionName, string value)
        : base($"ChatOptions.{optionName} is '{value}', which names a conversation that one provider keeps, and the other model of this pipeline does not have it. Leave {optionName} null and pass the whole history as messages.")
    {
        OptionName = optionName;
        Value = value;
    }

    /// <summary>Gets the name of the option.</summary>
    public string OptionName { get; }

    /// <summary>Gets the value that was passed.</summary>
    public string Value { get; }
}
