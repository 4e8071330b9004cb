using System.Text.Json;

namespace HeteroAgent;

/// <summary>A value under validation and where it stands.</summary>
internal readonly record struct Instance(JsonElement Value, InstancePath? Path, string? SpanSource)
{
    public Instance Property(string name, JsonElement value) => this with { Value = value, Path = new(Path, name) };

    public Instance Item(int index, JsonElement value) => this with { Value = value, Path = new(Path, index.ToString(System.Globalization.CultureInfo.InvariantCulture)) };

    public string Pointer => Path?.ToString() ?? "";
}
