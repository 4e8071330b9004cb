namespace HeteroAgent;

/// <summary>There are too few labelled calls to promise what was asked for.</summary>
public sealed class InsufficientLabelsException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was asked for, what it needs and what there is.</param>
    /// <param name="required">The number of labels needed at least.</param>
    /// <param name="available">The number of labels there are.</param>
    public InsufficientLabelsException(string message, int required, int available)
        : base(message)
    {
        Required = required;
        Available = available;
    }

    /// <summary>Gets the number of labels needed at least.</summary>
    public int Required { get; }

    /// <summary>Gets the number of labels there are.</summary>
    public int Available { get; }
}
