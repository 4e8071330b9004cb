using OpenTelemetry.Trace;

namespace HeteroAgent;

/// <summary>Adds this library's spans to a tracer provider.</summary>
public static class HeteroAgentTracerProviderBuilderExtensions
{
    /// <summary>Listens to the spans of escalating clients and subtasks: the source <see cref="HeteroAgentTelemetry.ActivitySourceName"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    public static TracerProviderBuilder AddHeteroAgentInstrumentation(this TracerProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddSource(HeteroAgentTelemetry.ActivitySourceName);
    }
}
