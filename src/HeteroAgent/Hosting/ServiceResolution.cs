using Microsoft.Extensions.DependencyInjection;

namespace HeteroAgent;

/// <summary>Takes what a decorator needs from the container.</summary>
internal static class ServiceResolution
{
    public static T Required<T>(IServiceProvider services, object? key, string method)
        where T : class =>
        Optional<T>(services, key) ?? throw new ServiceNotRegisteredException(typeof(T), key, method);

    public static T? Optional<T>(IServiceProvider services, object? key = null)
        where T : class =>
        key is null ? services.GetService<T>() : services.GetKeyedService<T>(key);
}
