namespace HeteroAgent;

/// <summary>One simplification between two expressions in variables.</summary>
/// <param name="Left">The left side as written.</param>
/// <param name="Right">The right side as written.</param>
/// <param name="Holds">Whether both sides agree at the sample points.</param>
internal sealed record Identity(string Left, string Right, bool Holds);
