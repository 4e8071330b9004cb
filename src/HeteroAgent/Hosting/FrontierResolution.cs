using System.Collections.Immutable;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Finds one pipeline's frontier client in the container, and refuses a registration that comes back to the pipeline that is being built. Thread-safe.</summary>
/// <remarks>The container itself does not see such a circle, since a builder's registration is a factory: it goes round until its locks hold it for ever.</remarks>
internal sealed class FrontierResolution(object key, string method)
{
    private static readonly AsyncLocal<ImmutableStack<FrontierResolution>?> Pending = new();

    public IChatClient Resolve(IServiceProvider services)
    {
        ImmutableStack<FrontierResolution> outer = Pending.Value ?? [];
        if (outer.Contains(this))
        {
            throw new CircularClientException(key);
        }

        Pending.Value = outer.Push(this);
        try
        {
            return ServiceResolution.Required<IChatClient>(services, key, method);
        }
        finally
        {
            Pending.Value = outer;
        }
    }
}
