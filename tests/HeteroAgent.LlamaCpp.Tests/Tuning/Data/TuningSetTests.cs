using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public sealed class TuningSetTests
{
    private const string Weather = """{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Rain in Ghent?"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"get_weather","arguments":{"city":"Ghent","days":2}}}]},{"role":"tool","tool_call_id":"c1","content":"dry"},{"role":"assistant","content":"No."}],"tools":[{"type":"function","function":{"name":"get_weather","description":"The weather.","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}],"key":"w"}""";

    [TestCase("""{"prompt":"2+2?","completion":"4"}""", "2+2?", "4")]
    [TestCase("""{"prompt":"2+2?","answer":"4"}""", "2+2?", "4")]
    [TestCase("""{"prompt":"2+2?","response":"4","source":"x"}""", "2+2?", "4")]
    [TestCase("""{"prompt":[{"role":"user","content":"2+2?"}],"completion":[{"role":"assistant","content":"4"}]}""", "2+2?", "4")]
    [TestCase("""{"text":"2+2?","label":4}""", "2+2?", "4")]
    [TestCase("""{"instruction":"Add.","input":"2 2","output":"4"}""", "Add.\n\n2 2", "4")]
    [TestCase("""{"instruction":"2+2?","input":"","output":"4"}""", "2+2?", "4")]
    [TestCase("""{"messages":[{"role":"user","content":[{"type":"text","text":"2+"},{"type":"text","text":"2?"}]},{"role":"assistant","content":"4"}]}""", "2+2?", "4")]
    public async Task Every_form_is_read(string line, string request, string answer)
    {
        TuningExample example = await OneAsync(line);
        Assert.Multiple(() =>
        {
            Assert.That(example.Request, Is.EqualTo(request));
            Assert.That(example.Answer.Text, Is.EqualTo(answer));
            Assert.That(example.Line, Is.EqualTo(1));
        });
    }

    [TestCase("""{"request":"Rain in Ghent?","call":{"tool":"get_weather","args":{"city":"Ghent"}}}""")]
    [TestCase("""{"request":"Rain in Ghent?","call":{"name":"get_weather","arguments":"{\"city\":\"Ghent\"}"}}""")]
    [TestCase("""{"prompt":"Rain in Ghent?","completion":{"tool":"get_weather","args":{"city":"Ghent"}}}""")]
    [TestCase("""{"messages":[{"role":"user","content":"Rain in Ghent?"},{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Ghent\"}"}}]}]}""")]
    [TestCase("""{"messages":[{"role":"user","content":"Rain in Ghent?"},{"role":"assistant","content":"","tool_calls":[{"function":{"name":"get_weather","arguments":{"city":"Ghent"}}}]}],"tools":"[{\"name\":\"get_weather\"}]"}""")]
    public async Task A_call_is_read(string line)
    {
        FunctionCallContent call = (await OneAsync(line)).Answer.Contents.OfType<FunctionCallContent>().Single();
        Assert.That(call.Name, Is.EqualTo("get_weather"));
        Assert.That(call.Arguments!["city"]!.ToString(), Is.EqualTo("Ghent"));
    }

    [TestCase("{", "no JSON")]
    [TestCase("[1]", "no JSON object")]
    [TestCase("""{"a":1}""", "none of the known forms")]
    [TestCase("""{"messages":[{"role":"user","content":"x"}]}""", "'user'")]
    [TestCase("""{"messages":[{"role":"assistant","content":"x"}]}""", "no turn before")]
    [TestCase("""{"messages":[]}""", "no turns")]
    [TestCase("""{"messages":[{"role":"bot","content":"x"}]}""", "'bot'")]
    [TestCase("""{"messages":[{"role":"user","content":[{"type":"image_url"}]},{"role":"assistant","content":"x"}]}""", "image_url")]
    [TestCase("""{"prompt":"x"}""", "no \"completion\"")]
    [TestCase("""{"prompt":"x","completion":" "}""", "answer is empty")]
    [TestCase("""{"prompt":" ","completion":"x"}""", "prompt is empty")]
    [TestCase("""{"request":"x","call":{"tool":"y"}}""", "\"args\"")]
    [TestCase("""{"request":"x","call":{"tool":"y","args":[1]}}""", "no object")]
    [TestCase("""{"request":"x","call":{"name":"y","arguments":"{"}}""", "no JSON")]
    [TestCase("""{"text":"x","label":[1]}""", "no single value")]
    [TestCase("""{"text":"\ud800","label":"x"}""", "Unicode")]
    [TestCase("""{"text":"x","text":"y","label":"x"}""", "no JSON")]
    [TestCase("""{"text":"good","label":"g"}""", "same as line 1")]
    public async Task A_bad_line_is_reported_and_the_others_stay(string bad, string reason)
    {
        TuningSet set = await ReadAsync($$"""
            {"text":"good","label":"g"}
            {{bad}}

            {"text":"better","label":"g"}
            """);
        Assert.Multiple(() =>
        {
            Assert.That(set.Examples.Select(e => e.Line), Is.EqualTo((int[])[1, 4]));
            Assert.That(set.Rejected.Single().Number, Is.EqualTo(2));
            Assert.That(set.Rejected.Single().Reason, Does.Contain(reason));
        });
    }

    [Test]
    public async Task Marks_line_ends_long_lines_depth_and_foreign_encodings_lose_nothing_else()
    {
        using MemoryStream file = new();
        file.Write([0xEF, 0xBB, 0xBF, .. "{\"text\":\"één\",\"label\":\"a\"}\r\n"u8]);
        file.Write([.. "{\"text\":\"caf"u8, 0xE9, .. "\",\"label\":\"a\"}\r\n"u8]);
        file.Write(Encoding.UTF8.GetBytes($"{{\"text\":\"{new string('x', 300_000)}\",\"label\":\"a\"}}\n"));
        file.Write(Encoding.UTF8.GetBytes($"{{\"text\":\"{new string('y', 90_000)}\",\"label\":\"a\"}}\n\n  \n"));
        file.Write(Encoding.UTF8.GetBytes($"{{\"prompt\":\"deep\",\"completion\":{new string('[', 70)}{new string(']', 70)}}}\n"));
        file.Write("{\"text\":\"last\",\"label\":\"a\"}"u8);
        file.Position = 0;
        TuningSet set = await TuningSet.ReadAsync(file, new TuningSetOptions { MaxLineBytes = 100_000 });
        Assert.Multiple(() =>
        {
            Assert.That(set.Examples.Select(e => e.Line), Is.EqualTo((int[])[1, 4, 8]));
            Assert.That(set.Examples[0].Request, Is.EqualTo("één"));
            Assert.That(set.Examples[1].Request, Has.Length.EqualTo(90_000));
            Assert.That(set.Rejected.Select(r => r.Number), Is.EqualTo((int[])[2, 3, 7]));
            Assert.That(set.Rejected[0].Reason, Does.Contain("UTF-8"));
            Assert.That(set.Rejected[1].Reason, Does.Contain("longer"));
            Assert.That(set.Rejected[2].Reason, Does.Contain("depth"));
        });
    }

    [TestCase("")]
    [TestCase("\uFEFF\r\n\r\n")]
    [TestCase("{\"text\":\"good\",\"label\":\"g\"}")]
    [TestCase("{\"text\":\"good\",\"label\":\"g\"}\n{}\n{\"text\":\"good\",\"label\":\"g\"}")]
    public async Task A_set_of_no_line_or_one_is_refused(string text)
    {
        TuningSetException e = (await Assert.ThrowsAsync<TuningSetException>(() => ReadAsync(text)))!;
        Assert.That(e.Error, Is.EqualTo(TuningSetError.TooFewExamples));
        Assert.That(e.Message, Does.Contain("at least 2"));
        Assert.That(e.Rejected, Has.Count.EqualTo(text.Contains("{}", StringComparison.Ordinal) ? 2 : 0));
    }

    [Test]
    public async Task The_messages_form_is_written_as_it_was_read()
    {
        TuningSet set = await ReadAsync(Weather, 1);
        using JsonDocument was = JsonDocument.Parse(Weather);
        using JsonDocument written = JsonDocument.Parse(await WriteAsync(set));
        Assert.That(JsonElement.DeepEquals(was.RootElement, written.RootElement), written.RootElement.GetRawText());
    }

    [Test]
    public void Any_example_comes_back()
    {
        Gen<string> texts = ArbMap.Default.GeneratorFor<NonNull<string>>().Select(s => s.Get + "!");
        Gen<TuningExample> examples =
            from prompt in texts
            from answer in texts
            from value in texts
            from isCall in ArbMap.Default.GeneratorFor<bool>()
            select new TuningExample([
                new ChatMessage(ChatRole.User, prompt),
                isCall ? new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("c", "f", new Dictionary<string, object?> { [answer] = value })]) : new ChatMessage(ChatRole.Assistant, answer)]);
        Prop.ForAll(examples.ToArbitrary(), example =>
        {
            string once = WriteAsync(TuningSet.FromExamples([example])).Result;
            TuningSet read = ReadAsync(once, 1).Result;
            return read.Rejected.Count == 0 && WriteAsync(read).Result == once && Same(read.Examples[0], example);
        }).Check(Config.QuickThrowOnFailure);

        static bool Same(TuningExample read, TuningExample written) =>
            read.Request == Sound(written.Request)
            && read.Answer.Text == Sound(written.Answer.Text)
            && read.Answer.Contents.OfType<FunctionCallContent>().SelectMany(c => c.Arguments!).Select(a => (a.Key, a.Value!.ToString()))
                .SequenceEqual(written.Answer.Contents.OfType<FunctionCallContent>().SelectMany(c => c.Arguments!).Select(a => (Sound(a.Key), (string?)Sound((string)a.Value!))));

        static string Sound(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
    }

    [Test]
    public void Any_bytes_are_read_or_reported() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            using MemoryStream file = new([.. "{\"text\":\"a\",\"label\":\"g\"}\n"u8, .. bytes.Where(b => b != '\n'), .. "\n{\"text\":\"b\",\"label\":\"g\"}\n"u8]);
            TuningSet set = TuningSet.ReadAsync(file).Result;
            return set.Examples.Count >= 2 && set.Rejected.Count <= 1 && set.Rejected.All(r => r.Number == 2);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Test]
    public void A_split_keeps_groups_whole_and_says_the_same_each_time()
    {
        Prop.ForAll(Gen.Choose(0, 30).Select(i => i).ListOf().Where(l => l.Distinct().Count() > 1).ToArbitrary(), Gen.Choose(1, 99).ToArbitrary(), (keys, percent) =>
        {
            TuningSet set = TuningSet.FromExamples(keys.Select((k, i) => new TuningExample($"question {k}", $"answer {i}") { Line = i + 1 }));
            TuningSplit split = set.Split(percent / 100.0, seed: 7);
            TuningSplit again = set.Split(percent / 100.0, seed: 7);
            TuningSet.RequireDisjoint(split.Training, split.Evaluation);
            return split.Training.Examples.Concat(split.Evaluation.Examples).OrderBy(e => e.Line).SequenceEqual(set.Examples)
                && split.Training.Examples.Count > 0 && split.Evaluation.Examples.Count > 0
                && again.Evaluation.Examples.SequenceEqual(split.Evaluation.Examples);
        }).Check(Config.QuickThrowOnFailure);
    }

    [Test]
    public void A_split_is_the_same_on_every_machine_and_near_the_fraction()
    {
        TuningSet set = TuningSet.FromExamples(Enumerable.Range(1, 1000).Select(i => new TuningExample($"question {i}", "x") { Line = i }));
        TuningSplit split = set.Split(0.2, seed: 1);
        Assert.That(split.Evaluation.Examples, Has.Count.EqualTo(200));

        // SHA-256 of "1\nprompt:user:question N", its first eight bytes as a number: the lowest 200, computed outside.
        Assert.That(split.Evaluation.Examples.Take(5).Select(e => e.Line), Is.EqualTo(FirstHeldOut));
        Assert.That(set.Split(0.2, seed: 2).Evaluation.Examples, Is.Not.EqualTo(split.Evaluation.Examples));
    }

    [Test]
    public void A_split_keeps_a_named_key_on_one_side_and_refuses_a_single_one()
    {
        TuningSet one = TuningSet.FromExamples(Enumerable.Range(1, 10).Select(i => new TuningExample($"question {i}", "x") { Key = "same" }));
        Assert.That(Assert.Throws<TuningSetException>(() => one.Split(0.5))!.Error, Is.EqualTo(TuningSetError.CannotSplit));
    }

    [Test]
    public void A_prompt_on_both_sides_is_refused_with_its_lines()
    {
        TuningSet training = TuningSet.FromExamples([new TuningExample("Rain?", "no") { Line = 3 }, new TuningExample("Snow?", "no") { Line = 4 }]);
        TuningSet evaluation = TuningSet.FromExamples([new TuningExample("Fog?", "no") { Line = 1 }, new TuningExample(" rain? ", "yes") { Line = 2 }]);
        TuningSetException e = Assert.Throws<TuningSetException>(() => TuningSet.RequireDisjoint(training, evaluation))!;
        Assert.That(e.Error, Is.EqualTo(TuningSetError.Overlap));
        Assert.That(e.Overlaps, Is.EqualTo((TuningOverlap[])[new TuningOverlap(3, 2)]));
    }

    [Test]
    public async Task Reading_can_be_cancelled()
    {
        using MemoryStream file = new("{}"u8.ToArray());
        await Assert.ThrowsAsync<TaskCanceledException>(() => TuningSet.ReadAsync(file, cancellationToken: new CancellationToken(canceled: true)));
    }

    [Test]
    public async Task The_samples_requests_are_read_and_come_back()
    {
        string file = Path.Combine(SharedData.RepositoryRoot, "samples", "Assistant", "data", "snips-dev.jsonl");
        TuningSet set = await TuningSet.ReadAsync(file);
        TuningSet again = await ReadAsync(await WriteAsync(set));
        Assert.Multiple(() =>
        {
            Assert.That(set.Examples, Has.Count.EqualTo(File.ReadLines(file).Count()));
            Assert.That(set.Rejected, Is.Empty);
            Assert.That(again.Examples.Select(e => e.Request), Is.EqualTo(set.Examples.Select(e => e.Request)));
        });
    }

    private static readonly int[] FirstHeldOut = [6, 10, 22, 39, 44];

    private static async Task<TuningExample> OneAsync(string line) => (await ReadAsync(line, 1)).Examples.Single();

    private static async Task<TuningSet> ReadAsync(string text, int least = 2)
    {
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(text));
        return await TuningSet.ReadAsync(stream, new TuningSetOptions { MinExamples = least });
    }

    private static async Task<string> WriteAsync(TuningSet set)
    {
        using MemoryStream stream = new();
        await set.WriteAsync(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
