using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Models in several files.</summary>
public sealed class ShardedModelTests
{
    private static readonly LlamaModelOptions Options = new() { ChatTemplate = "chatml" };

    private static GgufException Refused(string path) => Assert.Throws<GgufException>(() => GgufFile.ReadModel(path))!;

    [TestCase(0)]
    [TestCase(2)]
    public async Task A_model_loads_from_any_of_its_shards_and_answers_as_from_one_file(int named)
    {
        using TemporaryFolder folder = new();
        string[] shards = ShardFiles.Write(folder, Models.StoriesPath, 3);
        await using LlamaModel model = await LlamaModel.LoadAsync(shards[named], Options);
        await using LlamaModel whole = await LlamaModel.LoadAsync(Models.StoriesPath, Options);
        ChatOptions few = new() { MaxOutputTokens = 16 };
        string answer = (await model.AsIChatClient().GetResponseAsync("Once upon a time", few)).Text;
        string expected = (await whole.AsIChatClient().GetResponseAsync("Once upon a time", few)).Text;
        Assert.Multiple(() =>
        {
            Assert.That(answer, Is.EqualTo(expected));
            Assert.That(model.Path, Is.EqualTo(shards[0]));
            Assert.That(model.SizeInBytes, Is.EqualTo(whole.SizeInBytes));
            Assert.That(model.File.Shards, Has.Count.EqualTo(3));
            Assert.That(model.File.SizeInBytes, Is.EqualTo(shards.Sum(s => new FileInfo(s).Length)));
            Assert.That(model.File.ParameterCount, Is.EqualTo(whole.File.ParameterCount));
        });
    }

    [Test]
    public void Shards_have_the_fingerprint_of_the_whole_and_can_be_joined()
    {
        using TemporaryFolder folder = new();
        GgufFile whole = GgufFile.Read(Models.StoriesPath);
        GgufFile joined = GgufFile.ReadModel(ShardFiles.Write(folder, Models.StoriesPath, 3)[1]);
        Assert.That(LoraFingerprint.Of(joined), Is.EqualTo(LoraFingerprint.Of(whole)));
        string target = Path.Combine(folder.Path, "joined.gguf");
        GgufWriter.CopyOf(joined).Write(target);
        GgufFile written = GgufFile.Read(target);
        Assert.That(LoraFingerprint.Of(written), Is.EqualTo(LoraFingerprint.Of(whole)));
        Assert.That(written.Metadata.Keys, Is.EquivalentTo(whole.Metadata.Keys));
        Assert.That(written.RequireRunnable, Throws.Nothing);
    }

    [Test]
    public async Task Prefixes_of_a_sharded_model_are_saved_and_found_again()
    {
        using TemporaryFolder folder = new();
        using TemporaryFolder cache = new();
        string shard = ShardFiles.Write(folder, Models.StoriesPath, 2)[0];
        LlamaModelOptions options = new() { ChatTemplate = "chatml", PrefixCacheDirectory = cache.Path };
        ChatMessage[] shared = [new(ChatRole.System, string.Concat(Enumerable.Repeat("Tim and Sue went to the park. ", 10)))];
        int length;
        await using (LlamaModel model = await LlamaModel.LoadAsync(shard, options))
        {
            length = await model.CachePromptPrefixAsync(shared);
        }

        await using LlamaModel again = await LlamaModel.LoadAsync(shard, options);
        ChatResponse response = await again.AsIChatClient().GetResponseAsync([.. shared, new(ChatRole.User, "Once")], new ChatOptions { MaxOutputTokens = 2 });
        Assert.That(response.Usage!.CachedInputTokenCount, Is.EqualTo(length));
    }

    [Test]
    public async Task A_missing_shard_is_named()
    {
        using TemporaryFolder folder = new();
        string[] shards = ShardFiles.Write(folder, Models.StoriesPath, 3);
        File.Delete(shards[1]);
        GgufException e = (await Assert.ThrowsAsync<GgufException>(() => LlamaModel.LoadAsync(shards[2])))!;
        Assert.That(e.Error, Is.EqualTo(GgufError.NotAModel));
        Assert.That(e.Message, Does.Contain("shard 2 is missing").And.Contain(shards[1]));
    }

    [Test]
    public void A_shard_that_is_there_twice_is_named()
    {
        using TemporaryFolder folder = new();
        string[] shards = ShardFiles.Write(folder, Models.StoriesPath, 3);
        File.Copy(shards[1], shards[2], overwrite: true);
        GgufException e = Refused(shards[0]);
        Assert.That((e.Error, e.Path), Is.EqualTo((GgufError.Incoherent, shards[2])));
        Assert.That(e.Message, Does.Contain("says that it is shard 2"));
    }

    [Test]
    public void A_shard_of_another_model_is_named()
    {
        using TemporaryFolder folder = new();
        string[] shards = ShardFiles.Write(folder, Models.StoriesPath, 2);
        string[] foreign = ShardFiles.Write(folder, Models.SmolLM2Path, 2, "other");
        File.Copy(foreign[1], shards[1], overwrite: true);
        GgufException e = Refused(shards[0]);
        Assert.That((e.Error, e.Path), Is.EqualTo((GgufError.Incoherent, shards[1])));
        Assert.That(e.Message, Does.Contain("another model"));
    }

    [Test]
    public void A_tensor_in_two_shards_is_named()
    {
        using TemporaryFolder folder = new();
        string[] shards = ShardFiles.Write(folder, Models.StoriesPath, 2, change: (i, shard) =>
        {
            if (i == 1)
            {
                shard.WithTensor("token_embd.weight", 8, 8);
            }
        });
        Assert.That(Refused(shards[0]).Message, Does.Contain("'token_embd.weight' is in shard 1 as well"));
    }

    [Test]
    public void A_shard_that_was_renamed_is_told_the_form_of_its_name()
    {
        using TemporaryFolder folder = new();
        string renamed = Path.Combine(folder.Path, "renamed.gguf");
        File.Move(ShardFiles.Write(folder, Models.StoriesPath, 2)[0], renamed);
        GgufException e = Refused(renamed);
        Assert.That((e.Error, e.Path), Is.EqualTo((GgufError.NotAModel, renamed)));
        Assert.That(e.Message, Does.Contain("-00001-of-00002.gguf"));
    }

    [Test]
    public void A_tensor_that_no_shard_holds_is_missed()
    {
        using TemporaryFolder folder = new();
        string[] shards = ShardFiles.Write(folder, Models.StoriesPath, 2, change: static (i, shard) => shard.Tensors.RemoveAt(0));
        Assert.That(Refused(shards[1]).Message, Does.Contain("'split.tensors.count' announces"));
    }

    [Test]
    public async Task The_quantiser_refuses_a_shard_and_says_what_to_do()
    {
        using TemporaryFolder folder = new();
        string shard = ShardFiles.Write(folder, Models.StoriesPath, 2)[0];
        GgufException e = (await Assert.ThrowsAsync<GgufException>(() => ModelQuantizer.QuantizeAsync(shard, Path.Combine(folder.Path, "q.gguf"), "Q8_0")))!;
        Assert.That(e.Message, Does.Contain("llama-gguf-split --merge"));
    }
}
