using System.Text.Json;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary>What came of one schema.</summary>
/// <param name="Accepted">Whether the schema is supported.</param>
/// <param name="Reason">Why not, or why nothing satisfies it.</param>
/// <param name="Results">Whether each instance was read; empty where the schema is not supported.</param>
/// <param name="Compile">How long compiling took.</param>
/// <param name="Masks">How long each mask took.</param>
internal sealed record SchemaResult(bool Accepted, string? Reason, IReadOnlyList<bool> Results, TimeSpan Compile, IReadOnlyList<TimeSpan> Masks)
{
    internal static SchemaResult Of(SchemaCase one, SchemaOptions options, TrialVocabulary vocabulary)
    {
        try
        {
            SchemaTrial trial = new(one.Schema, options, vocabulary);
            bool[] results = [.. one.Tests.Select(t => trial.Allows(t.Data))];
            return new(true, trial.Unsatisfiable, results, trial.CompileTime, trial.Masks);
        }
        catch (JsonSchemaException e)
        {
            return new(false, e.Message, [], TimeSpan.Zero, []);
        }
    }

    internal void Write(Utf8JsonWriter writer, string id)
    {
        writer.WriteString("id", id);
        writer.WriteBoolean("accepted", Accepted);
        if (Reason is not null)
        {
            writer.WriteString("reason", Reason);
        }

        writer.WriteStartArray("results");
        foreach (bool result in Results)
        {
            writer.WriteBooleanValue(result);
        }

        writer.WriteEndArray();
        writer.WriteRounded("compile_us", Compile.TotalMicroseconds, 1);
        writer.WriteRounded("max_mask_us", Masks.Count == 0 ? 0 : Masks.Max().TotalMicroseconds, 1);
    }
}
