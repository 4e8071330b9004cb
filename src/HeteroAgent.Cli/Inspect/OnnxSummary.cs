using System.Text.Json;
using HeteroAgent.Onnx;

namespace HeteroAgent.Cli;

/// <summary>What an ONNX file takes and gives, or why it cannot be run.</summary>
/// <param name="Path">The file as it was named.</param>
/// <param name="Inputs">Its inputs.</param>
/// <param name="Outputs">Its outputs.</param>
/// <param name="Properties">What its maker stored with it.</param>
/// <param name="Error">Why it cannot be run, or null where it can.</param>
internal sealed record OnnxSummary(string Path, IReadOnlyList<OnnxTensorInfo> Inputs, IReadOnlyList<OnnxTensorInfo> Outputs, IReadOnlyDictionary<string, string> Properties, string? Error)
{
    internal static bool Covers(string path) => path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);

    internal static OnnxSummary Read(string path)
    {
        try
        {
            using OnnxModel model = OnnxModel.Load(path);
            return new(path, model.Inputs, model.Outputs, new Dictionary<string, string>(model.Metadata), null);
        }
#pragma warning disable CA1031 // One bad file must not hide what the others are.
        catch (Exception e)
        {
            return new(path, [], [], new Dictionary<string, string>(), Failure.Message(e));
        }
#pragma warning restore CA1031
    }

    internal string Describe() => Terminal.OneLine(Error is not null
        ? $"{Path}  {Error}"
        : $"{Path}  ONNX, {string.Join(", ", Inputs)} -> {string.Join(", ", Outputs)}{(Properties.Count == 0 ? "" : $", {Properties.Count} properties")}");

    internal void WriteProperties(Utf8JsonWriter writer)
    {
        writer.WriteString("file", Path);
        writer.WriteBoolean("ok", Error is null);
        if (Error is not null)
        {
            writer.WriteString("error", Error);
            return;
        }

        writer.WriteString("kind", "onnx");
        WriteValues(writer, "inputs", Inputs);
        WriteValues(writer, "outputs", Outputs);
        writer.WriteStartObject("properties");
        foreach ((string key, string value) in Properties)
        {
            writer.WriteString(key, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteValues(Utf8JsonWriter writer, string name, IReadOnlyList<OnnxTensorInfo> values)
    {
        writer.WriteStartArray(name);
        foreach (OnnxTensorInfo value in values)
        {
            writer.WriteStartObject();
            writer.WriteString("name", value.Name);
            writer.WriteString("type", $"{value.ElementType}");
            writer.WriteStartArray("shape");
            foreach (long dimension in value.Dimensions)
            {
                writer.WriteNumberValue(dimension);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
