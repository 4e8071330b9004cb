using NUnit.Framework;

namespace HeteroAgent.Analyzers.Tests;

/// <summary>HETERO103: subtasks without serializer options where there is no reflection.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class SerializerOptionsTests
{
    private const string Made = "new Subtask<string, Ticket>(\"n\", \"i\", client)";

    [TestCase("PublishAot")]
    [TestCase("PublishTrimmed")]
    [TestCase("IsAotCompatible")]
    public async Task A_trimmed_or_native_application_is_told_of_missing_options(string property)
    {
        (string id, string text, string message) = (await Analyze($"_ = {Made};", (property, "true"))).Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((id, text), Is.EqualTo(("HETERO103", Made)));
            Assert.That(message, Does.Contain(property).And.Contain("[JsonSerializable(typeof(Ticket))]"));
        }
    }

    [TestCase("Subtask<Ticket, string> s = new(\"n\", \"i\", client);")]
    [TestCase("_ = new Subtask<string, Urgency>(\"n\", \"i\", client);")]
    [TestCase("_ = new Subtask<string, List<Ticket>>(\"n\", \"i\", client, new SubtaskOptions { Seed = 1 });")]
    [TestCase("_ = new Subtask<string, Ticket>(\"n\", \"i\", client, options: null);")]
    [TestCase("_ = new Subtask<string, Ticket>(\"n\", \"i\", client, new() { SerializerOptions = null });")]
    [TestCase("SubtaskOptions o = new() { Temperature = 1 }; _ = new Subtask<string, Ticket>(\"n\", \"i\", client, o);")]
    [TestCase("_ = new Subtask<string, Guid>(\"n\", \"i\", client);")]
    [TestCase("_ = new Subtask<string, string[]>(\"n\", \"i\", client);")]
    public async Task Every_way_of_giving_none_is_seen(string statements) =>
        Assert.That((await Analyze(statements, ("PublishAot", "true"))).Select(d => d.Id), Is.EqualTo(new[] { "HETERO103" }));

    [TestCase("_ = new Subtask<string, Ticket>(\"n\", \"i\", client, new() { SerializerOptions = json });")]
    [TestCase("SubtaskOptions o = new() { SerializerOptions = json }; _ = new Subtask<string, Ticket>(\"n\", \"i\", client, o);")]
    [TestCase("SubtaskOptions o = new(); o.SerializerOptions = json; _ = new Subtask<string, Ticket>(\"n\", \"i\", client, o);")]
    [TestCase("_ = new Subtask<string, Ticket>(\"n\", \"i\", client, given);")]
    [TestCase("_ = new Subtask<string, string>(\"n\", \"i\", client);")]
    [TestCase("_ = new Subtask<string, int>(\"n\", \"i\", client);")]
    [TestCase("_ = new Subtask<JsonElement, int?>(\"n\", \"i\", client);")]
    public async Task Options_and_types_that_need_none_are_silent(string statements) =>
        Assert.That(await Analyze(statements, ("PublishAot", "true"), ("PublishTrimmed", "true")), Is.Empty);

    [Test]
    public async Task Other_projects_are_silent([Values("", "false", "no")] string value) =>
        Assert.That(await Analyze($"_ = {Made};", ("PublishAot", value)), Is.Empty);

    private static Task<(string Id, string Text, string Message)[]> Analyze(string statements, params (string Name, string Value)[] properties) =>
        Compiled.AnalyzeAsync<SubtaskAnalyzer>($$"""
            public enum Urgency { Low, High }
            public sealed record Ticket(string Product, Urgency Urgency);
            public static class Program
            {
                public static void Run(IChatClient client, JsonSerializerOptions json, SubtaskOptions given)
                {
                    {{statements}}
                }
            }
            """, properties);
}
