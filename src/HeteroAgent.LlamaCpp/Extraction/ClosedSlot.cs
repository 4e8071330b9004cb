namespace HeteroAgent.LlamaCpp;

/// <summary>A slot whose value is one of a closed set and need not stand in the request: a class of the whole request, read at a token that asks for it.</summary>
/// <param name="Tool">The tool's name.</param>
/// <param name="Slot">The slot's name.</param>
/// <param name="Members">The values, at most 64; in a set of examples in ordinal order.</param>
public sealed record ClosedSlot(string Tool, string Slot, IReadOnlyList<string> Members)
{
    internal const int MostMembers = 64;

    /// <summary>The token that stands for a slot that has no value.</summary>
    internal const string NoneToken = "<none>";

    /// <summary>The token behind every request at whose position the value is read.</summary>
    internal string AskToken => $"<ask:{Name}>";

    /// <summary>The token of each member.</summary>
    internal IEnumerable<string> ValueTokens => Members.Select(m => $"<value:{Name}={m}>");

    /// <summary>Points and equals signs within names are escaped, so that no two slots share a token.</summary>
    private string Name => $"{Escape(Tool)}.{Escape(Slot)}";

    private static string Escape(string name) =>
        name.Replace(@"\", @"\\", StringComparison.Ordinal).Replace(".", @"\.", StringComparison.Ordinal).Replace("=", @"\=", StringComparison.Ordinal);
}
