using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public sealed class LoraMergeTests
{
    private static readonly int[] Tokens = [1, 120, 33, 260, 7, 300, 41];

    [Test]
    public async Task The_merged_golden_answers_as_the_base_with_its_adapter_does()
    {
        string basePath = SharedData.Require("models", "goldens", "tuning", "init.gguf");
        string adapterPath = SharedData.Require("models", "goldens", "tuning", "lora-init.gguf");
        using TemporaryFolder folder = new();
        string merged = Path.Combine(folder.Path, "merged.gguf");
        LoraMerge.Write(GgufFile.Read(basePath), LoraAdapterFile.Read(adapterPath), merged);

        await using LlamaModel model = await LlamaModel.LoadAsync(basePath);
        await using LlamaAdapter adapter = await model.LoadAdapterAsync(adapterPath);
        float[] plain = Next(model, null);
        float[] expected = Next(model, adapter);
        await using LlamaModel mergedModel = await LlamaModel.LoadAsync(merged);
        float[] found = Next(mergedModel, null);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(found, Is.EqualTo(expected).Within(2e-5));
            Assert.That(expected.Zip(plain, (a, b) => Math.Abs(a - b)).Max(), Is.GreaterThan(1e-3), "the adapter does something");
            Assert.That(GgufFile.Read(merged).Metadata.Keys, Is.EqualTo(GgufFile.Read(basePath).Metadata.Keys));
        }

        foreach ((GgmlType type, double bound) in ((GgmlType, double)[])[(GgmlType.F16, 0.01), (GgmlType.Q8_0, 0.1)])
        {
            string smaller = Path.Combine(folder.Path, $"{type}.gguf");
            LoraMerge.Write(GgufFile.Read(basePath), LoraAdapterFile.Read(adapterPath), smaller, type);
            await using LlamaModel small = await LlamaModel.LoadAsync(smaller);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(small.File.Quantization, Is.EqualTo(type.ToString()));
                Assert.That(Next(small, null), Is.EqualTo(expected).Within(bound), type.ToString());
            }
        }
    }

    [Test]
    public void A_quantised_base_keeps_its_types_its_template_and_what_the_adapter_leaves_alone()
    {
        GgufFile smol = GgufFile.Read(Models.SmolLM2Path);
        using TemporaryFolder folder = new();
        string adapter = Path.Combine(folder.Path, "adapter.gguf");
        string merged = Path.Combine(folder.Path, "merged.gguf");
        const string Target = "blk.3.attn_q.weight";
        LoraPair pair = LoraAdapterFileTests.Pair(Target, 2, 576, 576);
        LoraAdapterFile.Write(adapter, smol, 0.2f, [pair]);
        LoraMerge.Write(smol, LoraAdapterFile.Read(adapter), merged);
        GgufFile written = GgufFile.Read(merged);
        using GgufTensorData before = new(smol);
        using GgufTensorData after = new(written);
        float[] old = new float[576];
        float[] now = new float[576];
        before.Find(Target)!.ReadRows(5, 1, old);
        after.Find(Target)!.ReadRows(5, 1, now);
        float[] expected = [.. old.Select((w, i) => w + (0.1f * ((pair.B.Span[10] * pair.A.Span[i]) + (pair.B.Span[11] * pair.A.Span[576 + i]))))];
        float largest = expected.Max(Math.Abs);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(written.Tensors.Select(t => t.ToString()), Is.EqualTo(smol.Tensors.Select(t => t.ToString())));
            Assert.That(written.ChatTemplate, Is.EqualTo(smol.ChatTemplate).And.Not.Null);
            Assert.That(now, Is.EqualTo(expected).Within(largest / 7));
            Assert.That(now, Is.Not.EqualTo(old));
            before.Find("blk.3.attn_k.weight")!.ReadRows(1, 1, old);
            after.Find("blk.3.attn_k.weight")!.ReadRows(1, 1, now);
            Assert.That(now, Is.EqualTo(old));
        }
    }

    [Test]
    public void A_source_is_never_overwritten_and_a_cancelled_merge_leaves_nothing()
    {
        using TemporaryFolder folder = new();
        GgufFile model = GgufFile.Read(folder.File("base.gguf", AdapterSamples.Model().Write()));
        string adapterPath = Path.Combine(folder.Path, "adapter.gguf");
        LoraAdapterFile.Write(adapterPath, model, 4, [LoraAdapterFileTests.Pair("blk.0.attn_q.weight", 2, 8, 8)]);
        LoraAdapterFile adapter = LoraAdapterFile.Read(adapterPath);
        string target = Path.Combine(folder.Path, "merged.gguf");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => LoraMerge.Write(model, adapter, model.Path!), Throws.ArgumentException);
            Assert.That(() => LoraMerge.Write(model, adapter, adapterPath), Throws.ArgumentException);
            Assert.That(() => LoraMerge.Write(model, adapter, target, GgmlType.IQ2_XXS), Throws.ArgumentException);
            Assert.That(() => LoraMerge.Write(model, adapter, target, cancellationToken: new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(2));
        }
    }

    private static float[] Next(LlamaModel model, LlamaAdapter? adapter)
    {
        using RawAdapterContext context = new(model, adapter);
        return context.Next(Tokens);
    }
}
