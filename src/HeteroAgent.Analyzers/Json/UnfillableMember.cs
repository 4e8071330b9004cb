namespace HeteroAgent.Analyzers.Json;

/// <summary>A part of a type that System.Text.Json cannot fill.</summary>
/// <param name="path">The way from the type, such as <c>Order.Lines[].Price</c>.</param>
/// <param name="reason">Why.</param>
/// <param name="cure">What to do.</param>
internal sealed class UnfillableMember(string path, string reason, string cure)
{
    public string Path { get; } = path;

    public string Reason { get; } = reason;

    public string Cure { get; } = cure;
}
