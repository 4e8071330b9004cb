namespace HeteroAgent;

/// <summary>A model's answer to a subtask cannot be taken: it is not JSON, breaks the schema, or holds a span that the input does not.</summary>
public sealed class SubtaskException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="subtask">The subtask's name.</param>
    /// <param name="text">What the model answered.</param>
    /// <param name="errors">What is wrong with it.</param>
    /// <param name="route">Which model answered, where it is known.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    /// <exception cref="ArgumentNullException"><paramref name="errors"/> is <see langword="null"/>.</exception>
    public SubtaskException(string subtask, string text, IReadOnlyList<JsonSchemaError> errors, string? route = null, Exception? innerException = null)
        : base($"The {route ?? "model's"} answer to the subtask '{subtask}' cannot be taken: {string.Join("; ", (errors ?? throw new ArgumentNullException(nameof(errors))).Take(5))}. Escalate on SchemaInvalid to have another model answer.", innerException)
    {
        Subtask = subtask;
        Text = text;
        Errors = errors;
        Route = route;
    }

    /// <summary>Gets the subtask's name.</summary>
    public string Subtask { get; }

    /// <summary>Gets what the model answered.</summary>
    public string Text { get; }

    /// <summary>Gets what is wrong with it.</summary>
    public IReadOnlyList<JsonSchemaError> Errors { get; }

    /// <summary>Gets which model answered, or <see langword="null"/>.</summary>
    public string? Route { get; }
}
