using Microsoft.Extensions.AI;

namespace HeteroAgent.TestKit;

/// <summary>Options of a derived type, as Semantic Kernel passes them: only <see cref="Clone"/> keeps what they add.</summary>
public class DerivedChatOptions : ChatOptions
{
    public DerivedChatOptions()
    {
    }

    protected DerivedChatOptions(DerivedChatOptions other)
        : base(other) => Kernel = other.Kernel;

    /// <summary>What a rebuilt options object would lose.</summary>
    public object? Kernel { get; set; }

    public override ChatOptions Clone() => new DerivedChatOptions(this);
}
