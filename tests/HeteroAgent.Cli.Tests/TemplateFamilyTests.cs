using HeteroAgent.LlamaCpp;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.Cli.Tests;

/// <summary>The managed reading of a chat template, against what llama.cpp makes of the same text.</summary>
public class TemplateFamilyTests
{
    private static readonly ChatMessage[] Conversation =
    [
        new(ChatRole.System, "You are brief."),
        new(ChatRole.User, "Hello?"),
        new(ChatRole.Assistant, "Yes."),
        new(ChatRole.User, "Who are you?"),
    ];

    [Test]
    public void NoTemplate_IsNone() => Assert.That(TemplateFamily.Of(null), Is.EqualTo("none"));

    [Test]
    public void OtherText_IsUnknown() => Assert.That(TemplateFamily.Of("{{ messages }}"), Is.EqualTo("unknown"));

    [TestCase("{% if tools %}", true)]
    [TestCase("{{ xml_tools }}", true)]
    [TestCase("{% if message.tool_calls %}", false)]
    [TestCase("{{ toolset }} tools_in_user_message", false)]
    [TestCase(null, false)]
    public void Tools_AreReadFromTheTemplate(string? template, bool expected) => Assert.That(TemplateFamily.SupportsTools(template), Is.EqualTo(expected));

    [Test]
    public async Task NamedFamilies_RenderAsLlamaCppRendersTheTemplate()
    {
        string folder = SharedData.Require("data", "chat-templates", "llama.cpp");
        string model = SharedData.Require("models", "stories260K.gguf");
        int compared = 0;
        using (Assert.EnterMultipleScope())
        {
            foreach (string file in Directory.EnumerateFiles(folder, "*.jinja").Order(StringComparer.Ordinal))
            {
                string template = File.ReadAllText(file);
                string family = TemplateFamily.Of(template);
                string? expected = await RenderAsync(model, template);
                if (family == "unknown")
                {
                    TestContext.Out.WriteLine($"{Path.GetFileName(file)}: unknown, llama.cpp {(expected is null ? "too" : "knows it")}");
                    continue;
                }

                // A family of several near-identical templates has one name here; white space may differ within it.
                string? rendered = await RenderAsync(model, family);
                if (expected is null || Squeeze(rendered) != Squeeze(expected))
                {
                    TestContext.Out.WriteLine($"{Path.GetFileName(file)}: {family} MISMATCH\n  by name: {rendered?.ReplaceLineEndings("\\n")}\n  by text: {expected?.ReplaceLineEndings("\\n")}");
                }

                Assert.That(Squeeze(rendered), Is.EqualTo(Squeeze(expected)), $"{Path.GetFileName(file)} as {family}");
                compared++;
            }

            Assert.That(compared, Is.GreaterThan(20));
        }
    }

    private static string? Squeeze(string? text) => text is null ? null : string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    private static async Task<string?> RenderAsync(string path, string template)
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(path, new LlamaModelOptions { ChatTemplate = template });
        try
        {
            return model.RenderPrompt(Conversation).Text;
        }
        catch (UnsupportedChatTemplateException)
        {
            return null;
        }
    }
}
