using System.Text.Json;
using HeteroAgent.TestKit;
using Microsoft.ML.OnnxRuntime;
using NUnit.Framework;

namespace HeteroAgent.Onnx.Tests;

/// <summary>Networks that others made give what ONNX Runtime gave elsewhere.</summary>
public sealed class GoldenTests
{
    [Test]
    public void Magika_tells_kinds_of_files_apart_as_recorded()
    {
        using OnnxModel model = OnnxModel.Load(SharedData.Require("models", "onnx", "magika.onnx"));
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("models", "goldens", "magika.json")));
        Assert.That(model.Inputs.Single().ToString(), Is.EqualTo("bytes: Int32 [?, 2048]"));
        foreach (JsonElement example in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            int[] bytes = [.. example.GetProperty("input").EnumerateArray().SelectMany(r => r.EnumerateArray()).Select(v => v.GetInt32())];
            float[] expected = [.. example.GetProperty("output").EnumerateArray().SelectMany(r => r.EnumerateArray()).Select(v => v.GetSingle())];
            using OrtValue input = OrtValue.CreateTensorValueFromMemory(bytes, [bytes.Length / 2048, 2048]);
            using IDisposableReadOnlyCollection<OrtValue> output = model.Run(new Dictionary<string, OrtValue> { ["bytes"] = input });
            Assert.That(output.Single().GetTensorDataAsSpan<float>().ToArray(), Is.EqualTo(expected).Within(1e-4f), example.GetProperty("rule").GetString());
        }
    }

    [Test]
    public void Silero_takes_three_inputs_of_two_types_and_gives_two_outputs()
    {
        using OnnxModel model = OnnxModel.Load(SharedData.Require("models", "onnx", "silero_vad_16k.onnx"));
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("models", "goldens", "silero_vad_16k.json")));
        Dictionary<string, OrtValue> inputs = [];
        foreach (JsonProperty input in golden.RootElement.GetProperty("inputs").EnumerateObject())
        {
            long[] shape = [.. input.Value.GetProperty("shape").EnumerateArray().Select(v => v.GetInt64())];
            double[] data = [.. input.Value.GetProperty("data").EnumerateArray().Select(v => v.GetDouble())];
            inputs[input.Name] = input.Value.GetProperty("type").GetString() == "int64"
                ? OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(data, v => (long)v), shape)
                : OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(data, v => (float)v), shape);
        }

        string[] names = ["output", "stateN"];
        using IDisposableReadOnlyCollection<OrtValue> outputs = model.Run(inputs, names);
        for (int i = 0; i < names.Length; i++)
        {
            JsonElement expected = golden.RootElement.GetProperty("outputs").GetProperty(names[i]);
            Assert.Multiple(() =>
            {
                Assert.That(outputs[i].GetTensorDataAsSpan<float>().ToArray(), Is.EqualTo(expected.GetProperty("data").EnumerateArray().Select(v => v.GetSingle())).Within(1e-4f), names[i]);
                Assert.That(outputs[i].GetTensorTypeAndShape().Shape, Is.EqualTo(expected.GetProperty("shape").EnumerateArray().Select(v => v.GetInt64())), names[i]);
            });
        }

        foreach (OrtValue value in inputs.Values)
        {
            value.Dispose();
        }
    }

    [Test]
    public void Several_threads_share_a_model()
    {
        using OnnxModel model = OnnxModel.Load(SharedData.Require("models", "onnx", "magika.onnx"));
        float[][] results = new float[16][];
        Parallel.For(0, results.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            int[] bytes = new int[2048];
            Array.Fill(bytes, i % 4);
            using OrtValue input = OrtValue.CreateTensorValueFromMemory(bytes, [1, 2048]);
            using IDisposableReadOnlyCollection<OrtValue> output = model.Run(new Dictionary<string, OrtValue> { ["bytes"] = input });
            results[i] = output.Single().GetTensorDataAsSpan<float>().ToArray();
        });
        Assert.That(Enumerable.Range(4, 12).All(i => results[i].SequenceEqual(results[i % 4])), Is.True);
    }

    [Test]
    public void The_header_check_refuses_no_model_that_the_runtime_takes()
    {
        foreach (string file in Directory.EnumerateFiles(SharedData.Require("models", "onnx"), "*.onnx"))
        {
            Assert.That(() => ModelHeader.Check(File.ReadAllBytes(file), file), Throws.Nothing);
        }
    }
}
