using System.Text.Json.Nodes;
using HeteroAgent.Benchmarks.Structured;
using NUnit.Framework;

namespace HeteroAgent.Benchmarks.Tests;

public class ResultTests
{
    [Test]
    public void A_ratio_is_this_librarys_median_time_divided_by_the_others()
    {
        ResultRow row = Row("a", "s", ("heteroagent", Result(100, 10, 30, 20)), ("node", Result(200, 80, 40)));
        Assert.That(row.Result("heteroagent")!.Milliseconds, Is.EqualTo(20));
        Assert.That(Ratios.Of(row, "node", r => r.Milliseconds), Is.EqualTo(20 / 60.0).Within(1e-12));
        Assert.That(Ratios.Of(row, "node", r => r.ColdMilliseconds), Is.EqualTo(0.5));
    }

    [Test]
    public void A_row_in_which_either_has_no_time_has_no_ratio_and_no_part_in_the_median()
    {
        ResultRow[] rows =
        [
            Row("a", "s", ("heteroagent", Result(1, 1)), ("node", Result(1, 2))),
            Row("b", "s", ("heteroagent", Result(1, 1)), ("node", Refused)),
            Row("c", "s", ("heteroagent", Refused), ("node", Result(1, 1))),
            Row("d", "s", ("heteroagent", Result(1, 1)), ("node", Result(1, 10))),
            Row("e", "s", ("heteroagent", Result(1, 1))),
        ];
        Assert.That(rows.Select(r => Ratios.Of(r, "node", x => x.Milliseconds).HasValue), Is.EqualTo(new[] { true, false, false, true, false }));
        Assert.That(Ratios.MedianOf(rows, "node", r => r.Milliseconds), Is.EqualTo(0.3).Within(1e-12));
        Assert.That(Ratios.MedianOf(rows, "raw", r => r.Milliseconds), Is.Null);
    }

    [Test]
    public void Time_is_shared_out_between_prompt_sampled_tokens_and_the_rest()
    {
        ContenderResult own = new(new Answer(500, 0, new TokenCounts(10, 5), ""), [new Answer(120, 9, new TokenCounts(10, 5), "")], null);
        ContenderResult raw = new(new Answer(500, 0, new TokenCounts(20), ""), [new Answer(160, 9, new TokenCounts(20), "")], null);
        Limits limits = Limits.Of(Row("a", "s", ("heteroagent", own), ("raw", raw)))!;
        Assert.That(limits, Is.EqualTo(new Limits(380, 80, 40)));
        Assert.That(limits.Describe(), Is.EqualTo("sampled 67 %, rest 33 %"));
        Assert.That(Limits.Of(Row("a", "s", ("heteroagent", own))), Is.Null);
    }

    [Test]
    public void Rows_are_grouped_by_model_and_set_and_all_together()
    {
        ResultRow[] rows = [Row("a", "x"), Row("b", "y"), Row("c", "x"), Row("a", "x") with { Model = "other" }];
        Assert.That(ResultDocument.Groups(rows).Select(g => (g.Model, g.Set, g.Rows.Count)), Is.EqualTo(new[] { ("m", "x", 2), ("m", "y", 1), ("m", "all", 3), ("other", "x", 1), ("other", "all", 1) }));
    }

    [Test]
    public void The_document_holds_every_field_of_a_row_and_the_medians()
    {
        ContenderResult own = Result(50, 10) with { Valid = true };
        ResultRow row = Row("a", "s", ("heteroagent", own), ("node", Result(100, 40) with { Valid = false }), ("gbnf", Refused), ("raw", Result(80, 20)), ("served", Result(30, 11)));
        ConcurrentResult concurrent = new("m", 16, [new ConcurrentRound(1, 2, 1.8, 90, new TokenCounts(60, 30, 10), 1)]);
        JsonObject document = JsonNode.Parse(ResultDocument.Create(StructuredOptions.Parse([]), null, new Validity(null), [row], [concurrent]))!.AsObject();
        JsonNode json = document["rows"]![0]!;
        Assert.That((string?)json["id"], Is.EqualTo("a"));
        Assert.That((string?)json["model"], Is.EqualTo("m"));
        JsonNode library = json["heteroagent"]!;
        Assert.That(((double)library["ms"]!, (double)library["cold_ms"]!, (double)library["served_ms"]!, (int)library["prompt_tokens"]!, (string)library["output"]!, (bool)library["valid"]!), Is.EqualTo((10.0, 50.0, 11.0, 12, "{}", true)));
        Assert.That(((int)library["tokens"]!["sampled"]!, (int)library["tokens"]!["forced"]!, (int)library["tokens"]!["drafted"]!), Is.EqualTo((3, 2, 1)));
        Assert.That((string?)json["gbnf"]!["error"], Is.EqualTo("no"));
        Assert.That(json["raw"]!["valid"], Is.Null);
        Assert.That(((double)json["ratios"]!["node"]!, (double)json["ratios"]!["raw"]!, json["ratios"]!["gbnf"]), Is.EqualTo((0.25, 0.5, (JsonNode?)null)));
        JsonNode medians = document["medians"]![1]!;
        Assert.That(((string)medians["set"]!, (double)medians["ratios"]!["node"]!, (double)medians["cold_ratios"]!["node"]!), Is.EqualTo(("all", 0.25, 0.5)));
        Assert.That(((int)medians["valid"]!["heteroagent"]!, (int)medians["valid"]!["node"]!, (int)medians["refused"]!["gbnf"]!), Is.EqualTo((1, 0, 1)));
        JsonNode together = document["concurrent"]![0]!;
        Assert.That(((double)together["ratio"]!, (double)together["written_ratio"]!, (double)together["sampled_beside_forced_ratio"]!), Is.EqualTo((0.9, 2.0, 1.2)));
    }

    private static ContenderResult Refused => new(null, [], "no");

    private static ContenderResult Result(double cold, params double[] warm)
    {
        return new ContenderResult(At(cold), [.. warm.Select(At)], null);

        static Answer At(double ms) => new(ms, 11, new TokenCounts(3, 2, 1), "{}");
    }

    private static ResultRow Row(string id, string set, params (string Name, ContenderResult Result)[] results) =>
        new(id, set, "m", 12, results.ToDictionary(r => r.Name, r => r.Result));
}
