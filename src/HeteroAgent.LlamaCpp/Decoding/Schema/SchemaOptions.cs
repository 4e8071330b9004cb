namespace HeteroAgent.LlamaCpp;

/// <summary>How a schema is read.</summary>
/// <param name="IsOpen">Whether an object may have properties that the schema leaves open without saying so. Where documents are written they are not offered.</param>
/// <param name="Dialect">The dialect of a schema that does not state one.</param>
internal readonly record struct SchemaOptions(bool IsOpen, SchemaDialect Dialect);
