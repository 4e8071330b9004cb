using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public class ScratchModelTests
{
    private static readonly string[] Texts = ["play some jazz", "play the blues", "stop the music"];

    [Test]
    public async Task TheModel_IsLoadedAndEndsATurnAsItsTemplateDoes()
    {
        BytePairVocabulary vocabulary = BytePairVocabulary.Learn(Texts);
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "m.gguf");
        ScratchModel.Create(path, ScratchShape.Parse("32x1"), vocabulary);
        using LlamaModel model = await LlamaModel.LoadAsync(path);
        List<int> native = [];
        model.Vocabulary.AppendPlain("play the music 99", native);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(vocabulary.Encode("play the music 99"), Is.EqualTo(native));
            Assert.That(model.Vocabulary.Text(model.Vocabulary.EndOfTurn), Is.EqualTo("<|im_end|>"));
            Assert.That(model.File.ChatTemplate, Does.Contain("<|im_start|>"));
        }
    }

    [Test]
    public void VocabularyWithoutTheTemplatesTokens_IsRefused()
    {
        BytePairVocabulary vocabulary = BytePairVocabulary.Learn(Texts, new BytePairVocabularyOptions { ControlTokens = ["<|endoftext|>", "<|im_start|>"] });
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "m.gguf");
        Assert.That(() => ScratchModel.Create(path, ScratchShape.Parse("32x1"), vocabulary), Throws.ArgumentException.With.Message.Contains("<|im_end|>"));
        Assert.That(File.Exists(path), Is.False);
    }
}
