using System.Text;
using HeteroAgent.TestKit;
using Microsoft.ML.OnnxRuntime.Tensors;
using NUnit.Framework;
using NUnit.Framework.Constraints;

namespace HeteroAgent.Onnx.Tests;

/// <summary>Whatever the bytes are, the answer is a model or a typed exception.</summary>
public sealed class DamagedFileTests
{
    private static readonly byte[] Sound = TestModels.Identity(TensorElementType.Float, -1, 3);

    [Test]
    public void Foreign_files_are_told_apart_from_damaged_ones()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => OnnxModel.Load([]), Kind(OnnxError.NotAModel));
            Assert.That(() => OnnxModel.Load(Encoding.UTF8.GetBytes("{\"model\": \"text\"}")), Kind(OnnxError.NotAModel));
            Assert.That(() => OnnxModel.Load([.. "PK"u8, 3, 4, .. new byte[100]]), Kind(OnnxError.NotAModel));
            Assert.That(() => OnnxModel.Load([.. "GGUF"u8, 3, 0, 0, 0, .. new byte[100]]), Kind(OnnxError.NotAModel));
            Assert.That(() => OnnxModel.Load(Sound[..^5]), Kind(OnnxError.Damaged));
            Assert.That(() => OnnxModel.Load([.. "1234ORTM"u8, .. new byte[64]]), Kind(OnnxError.Damaged));
        });
    }

    [Test]
    public void A_gguf_file_and_a_folder_are_refused_by_name()
    {
        string gguf = SharedData.Require("models", "stories260K.gguf");
        Assert.Multiple(() =>
        {
            Assert.That(() => OnnxModel.Load(gguf), Throws.InstanceOf<OnnxException>().With.Message.Contains("stories260K.gguf"));
            Assert.That(() => OnnxModel.Load(Path.GetTempPath()), Throws.InstanceOf<FileNotFoundException>());
        });
    }

    [Test]
    public void Every_cut_of_a_model_is_a_model_or_a_typed_exception()
    {
        for (int length = 0; length < Sound.Length; length++)
        {
            LoadOrRefuse(Sound[..length]);
        }
    }

    [Test]
    public void Mutated_models_load_or_are_refused([Values(1, 2, 3)] int seed)
    {
        Random random = new(seed);
        int refused = 0;
        for (int i = 0; i < 200; i++)
        {
            byte[] bytes = [.. Sound];
            for (int flips = random.Next(1, 4); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            refused += LoadOrRefuse(bytes) ? 0 : 1;
        }

        Assert.That(refused, Is.GreaterThan(50), "Most mutations break something.");
    }

    private static bool LoadOrRefuse(byte[] bytes)
    {
        try
        {
            OnnxModel.Load(bytes).Dispose();
            return true;
        }
        catch (OnnxException)
        {
            return false;
        }
    }

    private static EqualConstraint<OnnxError> Kind(OnnxError error) =>
        Throws.InstanceOf<OnnxException>().With.Property(nameof(OnnxException.Error)).EqualTo(error);
}
