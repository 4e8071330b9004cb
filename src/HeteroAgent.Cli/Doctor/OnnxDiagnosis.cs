using System.Text.Json;
using HeteroAgent.Onnx;

namespace HeteroAgent.Cli;

/// <summary>Whether ONNX Runtime is there.</summary>
internal sealed record OnnxDiagnosis(string? Version, IReadOnlyList<string> Providers, string? Error)
{
    internal static OnnxDiagnosis Make()
    {
        try
        {
            return new(OnnxRuntime.Version, OnnxRuntime.Providers, null);
        }
#pragma warning disable CA1031 // This command exists for machines on which loading fails, in whatever way.
        catch (Exception e)
        {
            return new(null, [], e is OnnxException ? e.Message : $"{e.GetType().Name}: {e.Message}");
        }
#pragma warning restore CA1031
    }

    internal (string Label, string Text) Row() =>
        ("onnx", Version is null ? Terminal.OneLine(Error ?? "not loaded") : $"ONNX Runtime {Version}, {string.Join(", ", Providers)}");

    internal void WriteProperties(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("onnx");
        writer.WriteBoolean("ok", Version is not null);
        writer.WriteString("version", Version);
        writer.WriteStartArray("providers");
        foreach (string provider in Providers)
        {
            writer.WriteStringValue(provider);
        }

        writer.WriteEndArray();
        if (Error is not null)
        {
            writer.WriteString("error", Error);
        }

        writer.WriteEndObject();
    }
}
