namespace HeteroAgent;

internal sealed class InstancePath(InstancePath? parent, string segment)
{
    public override string ToString() => $"{parent}/{JsonPointer.Escape(segment)}";
}
