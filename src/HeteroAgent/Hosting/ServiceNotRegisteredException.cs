namespace HeteroAgent;

/// <summary>A pipeline was built that needs a service which the container does not hold. Register it, or hand it to the <c>UseX</c> method.</summary>
public sealed class ServiceNotRegisteredException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="serviceType">The type that was asked for.</param>
    /// <param name="serviceKey">The key under which it was asked for; <see langword="null"/> for the registration without a key.</param>
    /// <param name="method">The method of the builder that needs it.</param>
    /// <exception cref="ArgumentNullException"><paramref name="serviceType"/> or <paramref name="method"/> is <see langword="null"/>.</exception>
    public ServiceNotRegisteredException(Type serviceType, object? serviceKey, string method)
        : base(Describe(serviceType, serviceKey, method))
    {
        ServiceType = serviceType;
        ServiceKey = serviceKey;
    }

    /// <summary>Gets the type that was asked for.</summary>
    public Type ServiceType { get; }

    /// <summary>Gets the key under which it was asked for, or <see langword="null"/> for the registration without a key.</summary>
    public object? ServiceKey { get; }

    private static string Describe(Type serviceType, object? serviceKey, string method)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        ArgumentNullException.ThrowIfNull(method);
        string how = serviceKey is null ? $"services.AddSingleton<{serviceType.Name}>(…)" : $"services.AddKeyedSingleton<{serviceType.Name}>({Quote(serviceKey)}, …)";
        return $"{method} needs an {serviceType.Name}, and none is registered {(serviceKey is null ? "without a key" : $"under the key {Quote(serviceKey)}")}. Register one, as with {how}, or pass it to {method}.";
    }

    private static string Quote(object key) => key is string text ? $"\"{text}\"" : key.ToString() ?? "";
}
