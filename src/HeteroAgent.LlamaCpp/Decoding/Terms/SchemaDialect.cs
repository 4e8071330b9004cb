namespace HeteroAgent.LlamaCpp;

/// <summary>The versions of JSON Schema, as far as they differ in what a keyword means.</summary>
internal enum SchemaDialect
{
    /// <summary>The schema does not say: keywords of any version hold, and what stands beside a <c>$ref</c> holds too.</summary>
    Unstated,

    /// <summary>Draft 4: <c>id</c> names a schema, and an exclusive bound is a boolean.</summary>
    Draft4,

    /// <summary>Drafts 6 and 7: a <c>$ref</c> hides what stands beside it.</summary>
    Draft7,

    /// <summary>Drafts 2019-09 and 2020-12.</summary>
    Draft2020,
}
