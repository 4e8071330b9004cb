using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace HeteroAgent;

/// <summary>The file of a <see cref="RiskCalibration"/>.</summary>
internal static class RiskCalibrationFile
{
    private const string Format = "heteroagent.risk-calibration";
    private const int Version = 1;

    internal static byte[] Write(RiskCalibration calibration) => Write(calibration, Checksum(calibration));

    internal static RiskCalibration Read(ReadOnlyMemory<byte> content, string name)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("format", out JsonElement format) || format.ValueKind != JsonValueKind.String || format.GetString() != Format)
            {
                throw new CalibrationFileException($"{name} is not a calibration: /format is not \"{Format}\".");
            }

            int version = root.GetProperty("version").GetInt32();
            if (version != Version)
            {
                throw new CalibrationFileException($"{name} is a calibration of version {version}; this library reads version {Version}.");
            }

            RiskCalibration calibration = ReadContent(root);
            return root.GetProperty("sha256").GetString() == Checksum(calibration)
                ? calibration
                : throw new CalibrationFileException($"{name} is damaged: its checksum does not match its content.");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException and not CalibrationFileException or ArgumentException)
        {
            throw new CalibrationFileException($"{name} is not a calibration, or it is damaged: {e.Message}", e);
        }
    }

    private static RiskCalibration ReadContent(JsonElement root)
    {
        JsonElement logistic = root.GetProperty("logistic");
        string[] signals = [.. root.GetProperty("signals").EnumerateArray().Select(s => s.GetString() ?? throw new FormatException("/signals: a name is null."))];
        bool[] required = Booleans(root.GetProperty("required"));
        LogisticRegression regression = new(
            logistic.GetProperty("intercept").GetDouble(),
            Numbers(logistic.GetProperty("means")),
            Numbers(logistic.GetProperty("scales")),
            Numbers(logistic.GetProperty("weights")),
            Numbers(logistic.GetProperty("missing_weights")));
        if (signals.Length == 0 || new[] { required.Length, regression.Means.Count, regression.Scales.Count, regression.Weights.Count, regression.MissingWeights.Count }.Any(n => n != signals.Length)
            || regression.Scales.Any(s => !(s > 0)))
        {
            throw new FormatException("/logistic: there must be one mean, positive scale, weight and missing weight a signal.");
        }

        IsotonicRegression? isotonic = null;
        if (root.TryGetProperty("isotonic", out JsonElement map))
        {
            isotonic = new IsotonicRegression(Numbers(map.GetProperty("inputs")), Numbers(map.GetProperty("values")));
            if (isotonic.Inputs.Count == 0 || isotonic.Inputs.Count != isotonic.Values.Count)
            {
                throw new FormatException("/isotonic: there must be one value an input.");
            }
        }

        double[] scores = [.. root.GetProperty("scores").EnumerateArray().Select(s => s.ValueKind == JsonValueKind.Null ? double.NegativeInfinity : s.GetDouble())];
        bool[] correct = Booleans(root.GetProperty("correct"));
        JsonElement tested = root.GetProperty("candidates");
        double[] thresholds = Numbers(tested.GetProperty("thresholds"));
        int[] accepted = Counts(tested.GetProperty("accepted"));
        int[] wrong = Counts(tested.GetProperty("wrong"));
        if (scores.Length == 0 || scores.Length != correct.Length || thresholds.Length == 0 || accepted.Length != thresholds.Length || wrong.Length != thresholds.Length)
        {
            throw new FormatException("/scores: there must be one label a score, and at least one score and candidate.");
        }

        return new RiskCalibration(
            root.GetProperty("task").GetString() ?? throw new FormatException("/task is null."),
            Optional(root, "model_id"),
            Optional(root, "prompt_version"),
            DateTimeOffset.ParseExact(root.GetProperty("created_at").GetString()!, "O", CultureInfo.InvariantCulture),
            new CorrectnessModel(signals, required, regression, isotonic),
            scores,
            correct,
            [.. thresholds.Select((t, i) => new RiskCandidate(t, accepted[i], wrong[i]))]);
    }

    private static byte[] Write(RiskCalibration calibration, string? checksum)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteNumber("version", Version);
            writer.WriteString("task", calibration.Task);
            writer.WriteString("model_id", calibration.ModelId);
            writer.WriteString("prompt_version", calibration.PromptVersion);
            writer.WriteString("created_at", calibration.CreatedAt.ToString("O", CultureInfo.InvariantCulture));
            WriteModel(writer, calibration.Model);
            Write(writer, "scores", calibration.Scores);
            Write(writer, "correct", calibration.Correct);
            writer.WriteStartObject("candidates");
            Write(writer, "thresholds", [.. calibration.Candidates.Select(c => c.Threshold)]);
            Write(writer, "accepted", calibration.Candidates.Select(c => c.Accepted));
            Write(writer, "wrong", calibration.Candidates.Select(c => c.Wrong));
            writer.WriteEndObject();
            if (checksum is not null)
            {
                writer.WriteString("sha256", checksum);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteModel(Utf8JsonWriter writer, CorrectnessModel model)
    {
        writer.WriteStartArray("signals");
        foreach (string signal in model.Signals)
        {
            writer.WriteStringValue(signal);
        }

        writer.WriteEndArray();
        Write(writer, "required", model.Required);
        writer.WriteStartObject("logistic");
        writer.WriteNumber("intercept", model.Logistic.Intercept);
        Write(writer, "means", model.Logistic.Means);
        Write(writer, "scales", model.Logistic.Scales);
        Write(writer, "weights", model.Logistic.Weights);
        Write(writer, "missing_weights", model.Logistic.MissingWeights);
        writer.WriteEndObject();
        if (model.Isotonic is { } isotonic)
        {
            writer.WriteStartObject("isotonic");
            Write(writer, "inputs", isotonic.Inputs);
            Write(writer, "values", isotonic.Values);
            writer.WriteEndObject();
        }
    }

    // Over the content as this library writes it, so that white space does not count.
    private static string Checksum(RiskCalibration calibration) => Convert.ToHexStringLower(SHA256.HashData(Write(calibration, checksum: null)));

    private static string? Optional(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(n => n.GetDouble() is var value && double.IsFinite(value) ? value : throw new FormatException("A number is not finite."))];

    private static int[] Counts(JsonElement array) => [.. array.EnumerateArray().Select(n => n.GetInt32())];

    private static bool[] Booleans(JsonElement array) => [.. array.EnumerateArray().Select(b => b.GetBoolean())];

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<double> values)
    {
        writer.WriteStartArray(name);
        foreach (double value in values)
        {
            if (double.IsFinite(value))
            {
                writer.WriteNumberValue(value);
            }
            else
            {
                writer.WriteNullValue();
            }
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, string name, IEnumerable<int> values)
    {
        writer.WriteStartArray(name);
        foreach (int value in values)
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<bool> values)
    {
        writer.WriteStartArray(name);
        foreach (bool value in values)
        {
            writer.WriteBooleanValue(value);
        }

        writer.WriteEndArray();
    }
}
