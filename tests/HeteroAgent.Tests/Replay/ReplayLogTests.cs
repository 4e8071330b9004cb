using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.Tests.Replay;

public class ReplayLogTests
{
    private const string Good = """{"id": "a", "prompt": "2+2?", "weak": {"answer": "5", "correct": false, "cost": 0.1, "signals": {"mean_logprob": -0.5}}, "strong": {"correct": true, "cost": 2}}""";

    [Test]
    public void JsonLines_AreRead()
    {
        ReplayLog log = ReplayLog.ParseJsonLines("\uFEFF" + Good + "\r\n\n" + """{"prompt": "2+2?", "weak": {"answer": "4", "correct": true}, "strong": {"answer": "4", "correct": true}}""" + "\n");
        Assert.That(log.Rows.Select(r => r.Id), Is.EqualTo(new[] { "a", "line 3" }));
        Assert.That(log.DuplicatePrompts, Is.EqualTo(1));
        ReplayRow row = log.Rows[0];
        Assert.That((row.Prompt, row.Weak.Answer, row.Weak.IsCorrect, row.Weak.Cost, row.Strong.Answer, row.Strong.IsCorrect, row.Strong.Cost), Is.EqualTo(("2+2?", "5", false, (double?)0.1, (string?)null, true, (double?)2)));
        Assert.That(row.Weak.Signals["mean_logprob"], Is.EqualTo(-0.5));
    }

    [TestCase("", 0, "no rows")]
    [TestCase("\n \n", 0, "no rows")]
    [TestCase("nonsense", 1, "not JSON")]
    [TestCase("[1]", 1, "object")]
    [TestCase("""{"weak": {}, "strong": {}}""", 1, "/prompt")]
    [TestCase("""{"prompt": 3, "weak": {}, "strong": {}}""", 1, "/prompt")]
    [TestCase("""{"prompt": "q", "weak": {"answer": "a", "correct": "yes"}, "strong": {"correct": true}}""", 1, "/weak/correct")]
    [TestCase("""{"prompt": "q", "weak": {"correct": true}, "strong": {"correct": true}}""", 1, "/weak/answer")]
    [TestCase("""{"prompt": "q", "weak": {"answer": "a", "correct": true}}""", 1, "/strong")]
    [TestCase("""{"prompt": "q", "weak": {"answer": "a", "correct": true, "cost": -1}, "strong": {"correct": true}}""", 1, "/weak/cost")]
    [TestCase("""{"prompt": "q", "weak": {"answer": "a", "correct": true, "cost": 1e999}, "strong": {"correct": true}}""", 1, "/weak/cost")]
    [TestCase("""{"prompt": "q", "weak": {"answer": "a", "correct": true, "signals": {"x": "y"}}, "strong": {"correct": true}}""", 1, "/weak/signals/x")]
    [TestCase("{\"prompt\": \"\\ud800\", \"weak\": {\"answer\": \"a\", \"correct\": true}, \"strong\": {\"correct\": true}}", 1, "Line 1")]
    public void BadJsonLines_NameTheLine(string text, int line, string place)
    {
        ReplayLogException e = Assert.Throws<ReplayLogException>(() => ReplayLog.ParseJsonLines(text))!;
        Assert.That((e.Line, e.Message), Is.EqualTo((line, e.Message)));
        Assert.That(e.Message, Does.Contain(place));
    }

    [Test]
    public void SecondIdAndLaterLines_AreNamed()
    {
        Assert.That(Assert.Throws<ReplayLogException>(() => ReplayLog.ParseJsonLines(Good + "\n" + Good))!.Message, Does.StartWith("Line 2").And.Contains("'a'"));
        Assert.That(Assert.Throws<ReplayLogException>(() => ReplayLog.ParseJsonLines(Good + "\n\n{"))!.Line, Is.EqualTo(3));
    }

    [Test]
    public void Csv_IsReadInBothForms()
    {
        ReplayLog own = ReplayLog.ParseCsv("id,prompt,weak_answer,weak_correct,strong_correct,weak_cost,strong_cost\r\n7,\"a, \"\"b\"\"\nc\",x,true,0,0.5,2\r\n");
        Assert.That((own.Rows[0].Id, own.Rows[0].Prompt, own.Rows[0].Weak.IsCorrect, own.Rows[0].Strong.IsCorrect, own.Rows[0].Strong.Cost), Is.EqualTo(("7", "a, \"b\"\nc", true, false, (double?)2)));
        ReplayLog routeLlm = ReplayLog.ParseCsv("prompt,small,big,small_response,big_response\nq,False,True,wrong,right\n");
        Assert.That((routeLlm.WeakName, routeLlm.StrongName), Is.EqualTo(("small", "big")));
        Assert.That((routeLlm.Rows[0].Weak, routeLlm.Rows[0].Strong.IsCorrect), Is.EqualTo((routeLlm.Rows[0].Weak with { Answer = "wrong", IsCorrect = false }, true)));
    }

    [TestCase("", 0)]
    [TestCase("prompt,weak_answer\nq,a\n", 1)]
    [TestCase("prompt,weak_answer,weak_correct,strong_correct\n", 0)]
    [TestCase("prompt,weak_answer,weak_correct,strong_correct\nq,a,true\n", 2)]
    [TestCase("prompt,weak_answer,weak_correct,strong_correct\nq,a,maybe,true\n", 2)]
    [TestCase("prompt,weak_answer,weak_correct,strong_correct\n\"q\nr\",a,true,true\nq,\"a,true,true\n", 4)]
    [TestCase("prompt,weak_answer,weak_correct,strong_correct\n\"q\"r,a,true,true\n", 2)]
    public void BadCsv_NamesTheLine(string text, int line) =>
        Assert.That(Assert.Throws<ReplayLogException>(() => ReplayLog.ParseCsv(text))!.Line, Is.EqualTo(line));

    [Test]
    public void AnyText_IsReadOrRefused() =>
        Prop.ForAll(Gen.Elements("\"", ",", "\n", "\r", "a", "true", "{", "}", ":", "prompt", "weak", "é", "1e5").ListOf().Select(string.Concat).ToArbitrary(), text =>
        {
            string header = "prompt,weak_answer,weak_correct,strong_correct\n";
            return Readable(() => ReplayLog.ParseCsv(header + text)) && Readable(() => ReplayLog.ParseCsv(text)) && Readable(() => ReplayLog.ParseJsonLines(text));
        }).QuickCheckThrowOnFailure();

    private static bool Readable(Func<ReplayLog> read)
    {
        try
        {
            return read().Rows.Count > 0;
        }
        catch (ReplayLogException)
        {
            return true;
        }
    }
}
