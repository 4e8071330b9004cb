using NUnit.Framework;

namespace HeteroAgent.Tests;

public sealed class TraceAnalysisTests
{
    private static readonly ReasoningTrace Agent = new("How tall is the Eiffel Tower?", ["I look it up.", "<tool_call>search {\"query\": \"Eiffel Tower\"}</tool_call>\n<tool_response>{\"contents\": \"The Eiffel Tower is 324 metres tall.\"}</tool_response>", "<answer>324</answer>", "Wait, <answer>330</answer>"]);

    [Test]
    public void Names_are_unique_and_grouped()
    {
        Assert.That(TraceAnalysis.FeatureNames, Is.Unique);
        Assert.That(TraceAnalysis.FeatureNames, Has.All.Matches<string>(static n => n!.IndexOf('.', StringComparison.Ordinal) > 0));
        foreach (IFeatureGroup group in FeatureGroups.All)
        {
            Assert.That(group.Names.Select(static n => n.Split('.')[0]).Distinct().Count(), Is.EqualTo(1));
        }
    }

    [Test]
    public void What_is_wrong_is_put_into_words()
    {
        ReasoningTrace trace = new("Ann has 12 bags of 7 apples and eats 4. How many apples are left?", ["She has 12 * 7 = 94 apples.", "She eats 4, so 94 - 4 = 90 apples are left.", "The answer is 90."]);
        Assert.That(TraceAnalysis.Of(trace).Reasons, Is.EqualTo((StepReason[])[new(0, "step 1: 12 × 7 is 84, not 94")]));
    }

    [Test]
    public void A_number_from_nowhere_is_named()
    {
        ReasoningTrace trace = new("Ann has 12 bags of 7 apples. How many apples does she have?", ["She has 12 * 7 = 84 apples.", "Then 84 + 5173 = 5257 apples.", "The answer is 5257."]);
        Assert.That(TraceAnalysis.Of(trace).Reasons.Select(static r => r.Text), Is.EqualTo((string[])["step 2: 5173 occurs neither in the question nor in an earlier step"]));
    }

    [Test]
    public void A_sound_trace_has_no_reasons()
    {
        ReasoningTrace trace = new("Ann has 12 bags of 7 apples and eats a third. How many are left?", ["She has 12 * 7 = 84 apples.", "A third is 84 / 3 = 28.", "84 - 28 = 56 apples are left.", "The answer is 56."]);
        TraceAnalysis analysis = TraceAnalysis.Of(trace);
        Assert.That(analysis.Reasons, Is.Empty);
        Assert.That(analysis.Domain, Is.EqualTo("arithmetic"));
        Assert.That(Value(analysis, 0, "equation.right"), Is.EqualTo(1));
        Assert.That(Value(analysis, 3, "final.isLastResult"), Is.EqualTo(1));
        Assert.That(Value(analysis, 0, "final.isLastResult"), Is.NaN);
    }

    [Test]
    public void Swaps_are_followed_exactly()
    {
        ReasoningTrace trace = new(
            "Alice, Bob and Claire trade books. Alice gets Emma, Bob gets Ulysses, and Claire gets Moby Dick. First, Alice and Claire swap books. Then, Bob and Claire swap books. At the end, Bob has\nOptions:\n(A) Emma.\n(B) Ulysses.\n(C) Moby Dick.",
            ["At the start: Alice: Emma, Bob: Ulysses, Claire: Moby Dick.", "Alice and Claire swap: Alice: Moby Dick, Bob: Ulysses, Claire: Emma.", "Bob and Claire swap: Alice: Moby Dick, Bob: Ulysses, Claire: Emma.", "So the answer is (B)"]);
        TraceAnalysis analysis = TraceAnalysis.Of(trace);
        Assert.That(analysis.Domain, Is.EqualTo("logic"));
        Assert.That(analysis.Reasons.Select(static r => r.Text), Is.EqualTo((string[])["step 3: after swap 2 B holds Emma, not Ulysses", "step 4: the chosen option is not what the swaps lead to"]));
    }

    [Test]
    public void A_question_may_be_empty_and_so_may_a_step() => Assert.That(TraceAnalysis.Of(new ReasoningTrace("", ["", " "])).StepCount, Is.EqualTo(2));

    [Test]
    public void Log_probabilities_and_passages_are_used_where_they_are_given()
    {
        ReasoningTrace trace = new("How tall is it?", ["It is 324 metres tall."])
        {
            Logprobs = [[new TokenLogprob(1, "It", -0.5), new TokenLogprob(2, " 324", -3.5)]],
            Context = ["The Eiffel Tower is 324 metres tall."],
        };
        TraceAnalysis analysis = TraceAnalysis.Of(trace);
        Assert.That(Value(analysis, 0, "logprob.mean"), Is.EqualTo(-2f));
        Assert.That(Value(analysis, 0, "logprob.unsure"), Is.EqualTo(0.5f));
        Assert.That(Value(analysis, 0, "grounding.numbers"), Is.EqualTo(1f));
        Assert.That(Value(TraceAnalysis.Of(new ReasoningTrace("", ["a"])), 0, "logprob.mean"), Is.NaN);
    }

    [Test]
    public void An_agent_that_asks_again_is_seen()
    {
        const string Call = "<tool_call>search {\"query\": \"Eiffel Tower height\"}</tool_call>\n<tool_response>{\"contents\": \"The Eiffel Tower is 324 metres tall, built in Paris.\"}</tool_response>";
        TraceAnalysis analysis = TraceAnalysis.Of(new ReasoningTrace("How tall is the Eiffel Tower?", [Call, Call, "<answer>324 metres</answer>"]));
        Assert.That(analysis.Domain, Is.EqualTo("agent"));
        Assert.That(Value(analysis, 0, "agent.repeatedCall"), Is.EqualTo(0));
        Assert.That(Value(analysis, 1, "agent.repeatedCall"), Is.EqualTo(1));
        Assert.That(Value(analysis, 1, "agent.newDocuments"), Is.EqualTo(0));
        Assert.That(Value(analysis, 2, "agent.answerGrounded"), Is.EqualTo(1));
    }

    [Test]
    public void Later_steps_change_nothing_of_a_trace_that_is_still_written()
    {
        int compared = 0;
        foreach ((ReasoningTrace trace, int _) in ProcessBench.Read("gsm8k").Take(30).Concat(ProcessBench.Read("math").Take(30)).Append((Agent, 0)))
        {
            TraceAnalysis whole = TraceAnalysis.Of(trace with { IsComplete = false });
            for (int length = 1; length <= trace.Steps.Count; length++)
            {
                TraceAnalysis prefix = TraceAnalysis.Of(new ReasoningTrace(trace.Question, [.. trace.Steps.Take(length)]) { IsComplete = false });
                Assert.That(prefix.Features(length - 1).ToArray(), Is.EqualTo(whole.Features(length - 1).ToArray()), () => Differing(prefix, whole, length - 1));
                compared++;
            }
        }

        Assert.That(compared, Is.GreaterThan(100));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_megabyte_is_read_in_linear_time([Values("1 + ", "((", "a = b = ", "\\frac{", "1/2 of 3 = ", "= ", "<<", "2x", "word ", "$", "<tool_call>", "\n- 5 ", "**")] string piece, CancellationToken cancellationToken)
    {
        string text = string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length));
        Assert.That(TraceAnalysis.Of(new ReasoningTrace("How many?", [text]), cancellationToken).StepCount, Is.EqualTo(1));
        Assert.That(cancellationToken.IsCancellationRequested, Is.False);
    }

    [Test]
    public void It_stops_when_it_is_told_to() => Assert.That(
        static () => TraceAnalysis.Of(new ReasoningTrace("", ["a"]), new CancellationToken(canceled: true)),
        Throws.InstanceOf<OperationCanceledException>());

    private static float Value(TraceAnalysis analysis, int step, string name) => analysis.Features(step)[TraceAnalysis.FeatureNames.ToList().IndexOf(name)];

    private static string Differing(TraceAnalysis a, TraceAnalysis b, int step) =>
        string.Join(", ", TraceAnalysis.FeatureNames.Where((_, i) => !a.Features(step)[i].Equals(b.Features(step)[i])));
}
