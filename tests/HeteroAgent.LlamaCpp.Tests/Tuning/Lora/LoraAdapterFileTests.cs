using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public sealed class LoraAdapterFileTests
{
    private static string GoldenBase => SharedData.Require("models", "goldens", "tuning", "init.gguf");

    private static string GoldenAdapter => SharedData.Require("models", "goldens", "tuning", "lora-init.gguf");

    [Test]
    public void The_golden_adapter_is_read_and_fits_its_base()
    {
        LoraAdapterFile adapter = LoraAdapterFile.Read(GoldenAdapter);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(adapter.Alpha, Is.EqualTo(8));
            Assert.That(adapter.BaseFingerprint, Is.Null);
            Assert.That(adapter.Targets, Is.EquivalentTo(((string[])["attn_q", "attn_v", "ffn_down"]).SelectMany(t => new[] { $"blk.0.{t}.weight", $"blk.1.{t}.weight" })));
            Assert.That(adapter.ReadPairs().Select(p => p.Rank), Is.All.EqualTo(4));
            Assert.That(() => adapter.RequireFits(GgufFile.Read(GoldenBase)), Throws.Nothing);
            Assert.That(() => adapter.RequireFits(GgufFile.Read(Models.StoriesPath)), Throws.TypeOf<GgufException>());
        }
    }

    [Test]
    public void A_golden_adapter_written_again_holds_the_same_numbers()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "again.gguf");
        IReadOnlyList<LoraPair> pairs = LoraAdapterFile.Read(GoldenAdapter).ReadPairs();
        LoraAdapterFile.Write(path, GgufFile.Read(GoldenBase), 8, pairs, "again");
        FloatTensors again = new(path);
        FloatTensors golden = new(GoldenAdapter);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(again.File.Tensors.Select(t => t.ToString()).Order(), Is.EqualTo(golden.File.Tensors.Select(t => t.ToString()).Order()));
            foreach (GgufTensor tensor in golden.File.Tensors)
            {
                Assert.That(again[tensor.Name], Is.EqualTo(golden[tensor.Name]), tensor.Name);
            }
        }
    }

    [Test]
    public async Task What_was_written_is_loaded_beside_its_base_and_no_other()
    {
        using TemporaryFolder folder = new();
        GgufBuilder model = AdapterSamples.Model();
        string path = folder.File("base.gguf", model.Write());
        string other = folder.File("other.gguf", AdapterSamples.Model(seed: 2).Write());
        string renamed = folder.File("renamed.gguf", model.With("general.name", "the same weights").Write());
        string adapterPath = Path.Combine(folder.Path, "adapter.gguf");
        LoraAdapterFile.Write(adapterPath, GgufFile.Read(path), 4, [Pair("blk.0.attn_q.weight", 2, 8, 8), Pair("blk.0.ffn_down.weight", 2, 16, 8)]);
        LoraAdapterFile adapter = LoraAdapterFile.Read(adapterPath);
        adapter.RequireFits(GgufFile.Read(renamed));
        GgufException e = Assert.Throws<GgufException>(() => adapter.RequireFits(GgufFile.Read(other)))!;
        Assert.That(e.Message, Does.Contain(adapter.BaseFingerprint).And.Contain(LoraFingerprint.Of(GgufFile.Read(other))).And.Contain(other));

        await using LlamaModel loaded = await LlamaModel.LoadAsync(path);
        await using LlamaAdapter native = await loaded.LoadAdapterAsync(adapterPath);
        await using LlamaModel loadedOther = await LlamaModel.LoadAsync(other);
        Assert.That(async () => await loadedOther.LoadAdapterAsync(adapterPath), Throws.TypeOf<GgufException>().With.Message.Contains("other weights"));
    }

    [Test]
    public void Other_files_and_shapes_are_refused()
    {
        using TemporaryFolder folder = new();
        GgufFile model = GgufFile.Read(folder.File("base.gguf", AdapterSamples.Model().Write()));
        LoraAdapterFile Written(string target, int columns, int rows)
        {
            string path = Path.Combine(folder.Path, "adapter.gguf");
            LoraAdapterFile.Write(path, model, 4, [Pair(target, 2, columns, rows)]);
            return LoraAdapterFile.Read(path);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => LoraAdapterFile.Read(model.Path!), Throws.TypeOf<GgufException>());
            Assert.That(() => Written("blk.7.attn_q.weight", 8, 8).RequireFits(model), Throws.TypeOf<GgufException>().With.Message.Contains("blk.7.attn_q.weight"));
            Assert.That(() => Written("blk.0.attn_q.weight", 8, 16).RequireFits(model), Throws.TypeOf<GgufException>().With.Message.Contains("[8, 8]"));
        }
    }

    internal static LoraPair Pair(string target, int rank, int columns, int rows)
    {
        Random random = new(11);
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
        return new LoraPair(target, rank, Numbers(rank * columns), Numbers(rank * rows));
    }
}
