using System.Diagnostics;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>How many prompt tokens a step takes, from given times.</summary>
public sealed class PrefillBudgetTests
{
    private static readonly long Millisecond = Stopwatch.Frequency / 1000;

    private static SchedulerLimits Limits(int batch = 512) => new(16, 32, 64, batch, OnCpu: true);

    [Test]
    public void Before_anything_is_known_a_step_takes_little()
    {
        PrefillBudget budget = new(Limits(), null);
        Assert.That(budget.PromptTokens(1), Is.EqualTo(8));
        Assert.That(budget.PromptTokens(0), Is.EqualTo(63));
    }

    [TestCase(15, 5, 8)]
    [TestCase(15, 1, 40)]
    [TestCase(40, 5, 24)]
    [TestCase(10, 0.01, 512)]
    public void A_step_lasts_about_four_times_as_long(double stepMs, double promptMs, int expected)
    {
        PrefillBudget budget = new(Limits(), null);
        budget.Report(1, 0, (long)(stepMs * Millisecond));
        budget.Report(0, 100, (long)(100 * promptMs * Millisecond));
        Assert.That(budget.PromptTokens(1), Is.EqualTo(expected));
    }

    [TestCase(1, 1, 8)]
    [TestCase(1, 3, 24)]
    [TestCase(1, 15, 56)]
    [TestCase(4, 4, 8)]
    [TestCase(4, 1, 8)]
    public void After_a_burst_those_without_a_first_token_weigh_more_up_to_one_chunk(int generating, int prefilling, int expected) =>
        Assert.That(new PrefillBudget(Limits(), null).PromptTokens(generating, prefilling), Is.EqualTo(expected));

    [Test]
    public void A_mixed_step_tells_what_its_prompt_tokens_cost()
    {
        PrefillBudget budget = new(Limits(), null);
        budget.Report(4, 16, 200 * Millisecond);
        Assert.That(budget.TicksPerToken, Is.Zero, "what the others would have taken is not known");
        budget.Report(4, 0, 40 * Millisecond);
        budget.Report(4, 16, 200 * Millisecond);
        Assert.That(budget.TicksPerToken, Is.EqualTo(10 * Millisecond).Within(1));
    }

    [Test]
    public void Alone_prompts_go_in_whole_chunks_of_a_quarter_of_a_second()
    {
        PrefillBudget budget = new(Limits(), null);
        budget.Report(0, 63, 63 * Millisecond);
        Assert.That(budget.PromptTokens(0), Is.EqualTo(3 * 63));
        budget.Report(0, 63, 1);
        for (int i = 0; i < 100; i++)
        {
            budget.Report(0, 63, 1);
        }

        Assert.That(budget.PromptTokens(0), Is.EqualTo(8 * 63));
        Assert.That(new PrefillBudget(Limits(32), null).PromptTokens(0), Is.EqualTo(32));
    }

    [Test]
    public void What_the_host_says_holds_while_others_generate()
    {
        PrefillBudget budget = new(Limits(), 5);
        budget.Report(1, 0, Millisecond);
        budget.Report(0, 100, Millisecond);
        Assert.That(budget.PromptTokens(1), Is.EqualTo(5));
        Assert.That(new PrefillBudget(Limits(32), 4096).PromptTokens(1), Is.EqualTo(32));
    }
}
