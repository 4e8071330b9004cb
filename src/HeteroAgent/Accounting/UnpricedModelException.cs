namespace HeteroAgent;

/// <summary>A price was asked for a model that the price table does not hold.</summary>
public sealed class UnpricedModelException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="model">The model's id, or <see langword="null"/> where the client does not say which it uses.</param>
    /// <param name="known">Some of the models that the table holds.</param>
    public UnpricedModelException(string? model, IEnumerable<string> known)
        : base($"{(model is null ? "The frontier client names no model, so its calls" : $"The model '{model}' is not in the price table, so its calls")} cannot be priced. Add it with PriceTable.With(model, price) or load a table of your own; the table holds {string.Join(", ", known)}.")
        => Model = model;

    /// <summary>Gets the model's id.</summary>
    public string? Model { get; }
}
