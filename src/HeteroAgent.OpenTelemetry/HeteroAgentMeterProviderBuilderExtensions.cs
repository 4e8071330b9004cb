using OpenTelemetry.Metrics;

namespace HeteroAgent;

/// <summary>Adds this library's metrics to a meter provider.</summary>
public static class HeteroAgentMeterProviderBuilderExtensions
{
    /// <summary>Listens to the meter <see cref="HeteroAgentTelemetry.MeterName"/>, under which the decorators, the ledger and the engine of HeteroAgent.LlamaCpp report.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    public static MeterProviderBuilder AddHeteroAgentInstrumentation(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddMeter(HeteroAgentTelemetry.MeterName);
    }
}
