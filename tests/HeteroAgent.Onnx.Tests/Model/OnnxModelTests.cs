using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using NUnit.Framework;

namespace HeteroAgent.Onnx.Tests;

public sealed class OnnxModelTests
{
    [Test]
    public void Every_numeric_type_passes_through_unchanged()
    {
        Assert.Multiple(() =>
        {
            Passes<float>(TensorElementType.Float, [1.5f, float.NaN, float.NegativeInfinity]);
            Passes<double>(TensorElementType.Double, [double.Epsilon, -2.25, double.MaxValue]);
            Passes<sbyte>(TensorElementType.Int8, [sbyte.MinValue, 0, sbyte.MaxValue]);
            Passes<byte>(TensorElementType.UInt8, [0, 1, byte.MaxValue]);
            Passes<short>(TensorElementType.Int16, [short.MinValue, 0, short.MaxValue]);
            Passes<ushort>(TensorElementType.UInt16, [0, 1, ushort.MaxValue]);
            Passes<int>(TensorElementType.Int32, [int.MinValue, 0, int.MaxValue]);
            Passes<uint>(TensorElementType.UInt32, [0, 1, uint.MaxValue]);
            Passes<long>(TensorElementType.Int64, [long.MinValue, 0, long.MaxValue]);
            Passes<ulong>(TensorElementType.UInt64, [0, 1, ulong.MaxValue]);
            Passes<bool>(TensorElementType.Bool, [true, false, true]);
            Passes<Float16>(TensorElementType.Float16, [(Float16)1.5f, (Float16)(-0.25f), Float16.MaxValue]);
            Passes<BFloat16>(TensorElementType.BFloat16, [(BFloat16)1.5f, (BFloat16)(-0.25f), BFloat16.MaxValue]);
        });
    }

    [Test]
    public void Strings_pass_through_unchanged()
    {
        string[] texts = ["", "plain", "Zürich ½ 日本 🙂"];
        using OnnxModel model = OnnxModel.Load(TestModels.Identity(TensorElementType.String, -1));
        using OrtValue input = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [texts.Length]);
        for (int i = 0; i < texts.Length; i++)
        {
            input.StringTensorSetElementAt(texts[i], i);
        }

        using IDisposableReadOnlyCollection<OrtValue> output = model.Run(new Dictionary<string, OrtValue> { ["x"] = input });
        Assert.That(output.Single().GetStringTensorAsArray(), Is.EqualTo(texts));
    }

    [Test]
    public void A_dimension_left_open_takes_any_extent()
    {
        using OnnxModel model = OnnxModel.Load(TestModels.Identity(TensorElementType.Float, -1, 2));
        foreach (int rows in (int[])[1, 3, 100, 0])
        {
            using OrtValue input = OrtValue.CreateTensorValueFromMemory(new float[rows * 2], [rows, 2]);
            using IDisposableReadOnlyCollection<OrtValue> output = model.Run(new Dictionary<string, OrtValue> { ["x"] = input });
            Assert.That(output.Single().GetTensorTypeAndShape().Shape, Is.EqualTo(new long[] { rows, 2 }));
        }
    }

    [Test]
    public void Properties_are_read_back_and_a_missing_one_is_named()
    {
        using OnnxModel model = OnnxModel.Load(TestModels.Identity(TensorElementType.Float, 1));
        Assert.Multiple(() =>
        {
            Assert.That(model.RequireMetadata("made.for"), Is.EqualTo("tests"));
            Fails(() => model.RequireMetadata("features"), OnnxError.Foreign, "'features'", "made.for");
        });
    }

    [Test]
    public void What_does_not_fit_is_refused_by_name_type_and_shape()
    {
        using OnnxModel model = OnnxModel.Load(TestModels.Identity(TensorElementType.Float, -1, 2));
        using OrtValue right = OrtValue.CreateTensorValueFromMemory(new float[2], [1, 2]);
        using OrtValue wide = OrtValue.CreateTensorValueFromMemory(new float[3], [1, 3]);
        using OrtValue flat = OrtValue.CreateTensorValueFromMemory(new float[2], [2]);
        using OrtValue whole = OrtValue.CreateTensorValueFromMemory(new long[2], [1, 2]);
        Assert.Multiple(() =>
        {
            Fails(() => Run(("z", right)), OnnxError.Name, "'z'", "x: Float [?, 2]");
            Fails(() => Run(), OnnxError.Name, "x: Float [?, 2]", "missing");
            Fails(() => Run(("x", wide)), OnnxError.Shape, "[1, 3]", "[?, 2]");
            Fails(() => Run(("x", flat)), OnnxError.Shape, "[2]", "[?, 2]");
            Fails(() => Run(("x", whole)), OnnxError.ElementType, "Int64", "Float");
            Fails(() => model.Run(new Dictionary<string, OrtValue> { ["x"] = right }, ["q"]), OnnxError.Name, "'q'", "y: Float");
        });

        object Run(params (string Name, OrtValue Value)[] inputs) => model.Run(inputs.ToDictionary(i => i.Name, i => i.Value));
    }

    [Test]
    public void A_cancelled_run_ends_as_cancelled()
    {
        using OnnxModel model = OnnxModel.Load(TestModels.Identity(TensorElementType.Float, 1));
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(new float[1], [1]);
        Assert.That(() => model.Run(new Dictionary<string, OrtValue> { ["x"] = input }, cancellationToken: new(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void A_provider_that_the_library_lacks_is_named_with_those_it_has()
    {
        OnnxModelOptions options = new() { Providers = ["AbacusExecutionProvider"] };
        Assert.Multiple(() =>
        {
            Fails(() => OnnxModel.Load(TestModels.Identity(TensorElementType.Float, 1), options), OnnxError.ProviderMissing, "Abacus", "CPUExecutionProvider");
            Assert.That(OnnxRuntime.Version, Does.Match(@"^\d+\.\d+\.\d+"));
        });
    }

    private static void Passes<T>(TensorElementType type, T[] values)
        where T : unmanaged
    {
        using OnnxModel model = OnnxModel.Load(TestModels.Identity(type, -1));
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(values, [values.Length]);
        using IDisposableReadOnlyCollection<OrtValue> output = model.Run(new Dictionary<string, OrtValue> { ["x"] = input });
        Assert.That(output.Single().GetTensorDataAsSpan<T>().ToArray(), Is.EqualTo(values), type.ToString());
    }

    private static void Fails(Action code, OnnxError error, params string[] words)
    {
        OnnxException? thrown = Assert.Throws<OnnxException>(code);
        Assert.That(thrown?.Error, Is.EqualTo(error));
        foreach (string word in words)
        {
            Assert.That(thrown?.Message, Does.Contain(word));
        }
    }
}
