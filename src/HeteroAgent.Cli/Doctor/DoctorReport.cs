using System.Text.Json;
using HeteroAgent.LlamaCpp;
using Spectre.Console;

namespace HeteroAgent.Cli;

/// <summary>Shows a diagnosis to a person or to a program.</summary>
internal static class DoctorReport
{
    internal static void Write(Diagnosis diagnosis)
    {
        List<(string Label, string Text)> rows = [.. Rows(diagnosis)];
        if (Terminal.IsOutputPlain)
        {
            rows.ForEach(row => Console.Out.WriteLine($"{row.Label,-9} {row.Text}"));
            return;
        }

        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach ((string label, string text) in rows)
        {
            string colour = label is "missing" ? "red" : label is "do" ? "yellow" : label is "result" && diagnosis.CanRun ? "green" : "blue";
            grid.AddRow(new Markup($"[{colour}]{label}[/]"), new Text(text));
        }

        Terminal.Out.Write(grid);
    }

    internal static void WriteJson(Diagnosis diagnosis) => JsonLine.Write(writer =>
    {
        writer.WriteBoolean("ok", diagnosis.CanRun);
        writer.WriteString("version", typeof(DoctorReport).Assembly.GetName().Version?.ToString(3));
        writer.WriteString("system", Diagnosis.System);
        WriteNatives(writer, diagnosis);
        diagnosis.Onnx.WriteProperties(writer);
        writer.WriteStartArray("backends");
        foreach (LlamaDevice device in diagnosis.Natives?.Devices ?? [])
        {
            writer.WriteStartObject();
            writer.WriteString("name", device.Name);
            writer.WriteString("description", device.Description);
            writer.WriteBoolean("gpu", device.IsGpu);
            writer.WriteNumber("free_bytes", device.FreeBytes);
            writer.WriteNumber("total_bytes", device.TotalBytes);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("backend", diagnosis.Natives?.DefaultBackend);
        writer.WriteNumber("cores", Environment.ProcessorCount);
        writer.WriteStartObject("memory");
        writer.WriteNumber("total_bytes", diagnosis.Memory.TotalBytes);
        writer.WriteNumber("available_bytes", diagnosis.Memory.AvailableBytes);
        writer.WriteEndObject();
        WriteTexts(writer, "model_folders", ModelSearch.Folders());
        writer.WriteStartArray("models");
        foreach (ModelSummary model in diagnosis.Models)
        {
            writer.WriteStartObject();
            model.WriteProperties(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("missing");
        foreach (Finding finding in diagnosis.Missing)
        {
            writer.WriteStartObject();
            writer.WriteString("problem", finding.Problem);
            writer.WriteString("remedy", finding.Remedy);
            writer.WriteBoolean("fatal", finding.IsFatal);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private static void WriteNatives(Utf8JsonWriter writer, Diagnosis diagnosis)
    {
        LlamaRuntime? natives = diagnosis.Natives;
        writer.WriteStartObject("natives");
        writer.WriteBoolean("ok", natives is not null);
        writer.WriteString("path", natives is null ? null : Path.Combine(natives.Directory, natives.LibraryFile));
        writer.WriteString("version", natives?.Version);
        writer.WriteString("build", natives?.Build);
        writer.WriteString("cpu", natives?.CpuLibrary);
        if (natives is null)
        {
            writer.WriteString("error", diagnosis.NativesError);
            WriteTexts(writer, "tried", diagnosis.Attempts);
        }

        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (string text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static IEnumerable<(string Label, string Text)> Rows(Diagnosis diagnosis)
    {
        yield return ("system", Diagnosis.System);
        if (diagnosis.Natives is { } natives)
        {
            yield return ("natives", $"llama.cpp of {natives.Version}, build {natives.Build}, {Path.Combine(natives.Directory, natives.LibraryFile)}");
            foreach (LlamaDevice device in natives.Devices)
            {
                string memory = device.IsGpu ? $", {Quantity.Bytes(device.FreeBytes)} of {Quantity.Bytes(device.TotalBytes)} free" : "";
                yield return ("backend", $"{device.Name}: {Terminal.OneLine(device.Description)}{memory}{(device.Name == natives.DefaultBackend ? " (used by default)" : "")}");
            }
        }
        else
        {
            yield return ("natives", Terminal.OneLine(diagnosis.NativesError ?? "not loaded"));
            foreach (string attempt in diagnosis.Attempts)
            {
                yield return ("tried", Terminal.OneLine(attempt));
            }
        }

        yield return diagnosis.Onnx.Row();

        yield return ("cores", $"{Environment.ProcessorCount}");
        string available = diagnosis.Memory.AvailableBytes is { } free ? $", {Quantity.Bytes(free)} free" : "";
        yield return ("memory", Quantity.Bytes(diagnosis.Memory.TotalBytes) + available);
        foreach (ModelSummary model in diagnosis.Models)
        {
            yield return (model.IsRunnable ? "model" : "bad model", model.Describe());
        }

        foreach (Finding finding in diagnosis.Missing)
        {
            yield return ("missing", Terminal.OneLine(finding.Problem));
            yield return ("do", finding.Remedy);
        }

        yield return ("result", diagnosis.CanRun ? "this machine can run models" : "this machine cannot run models yet");
    }
}
