using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>When drafting pays.</summary>
public class DraftPolicyTests
{
    [Test]
    public void The_cost_of_a_further_token_is_learnt_from_steps()
    {
        StepCost cost = new();
        for (int i = 0; i < 200; i++)
        {
            cost.Report(1, 1000);
            cost.Report(9, 1800);
        }

        Assert.That(cost.ExtraToken, Is.EqualTo(0.1).Within(0.005));
        cost.Report(512, 1);
        cost.Report(9, 1_000_000);
        Assert.That(cost.ExtraToken, Is.EqualTo(0.1).Within(0.03), "a prompt and a step that was held up say little");
    }

    [Test]
    public void Acceptance_follows_the_outcomes_and_forgets_slowly()
    {
        DraftAcceptance acceptance = new(0.6);
        Random random = new(1);
        for (int i = 0; i < 300; i++)
        {
            int accepted = 0;
            while (accepted < 8 && random.NextDouble() < 0.3)
            {
                accepted++;
            }

            acceptance.Report(accepted, accepted < 8);
        }

        double learnt = acceptance.Value;
        Assert.That(learnt, Is.EqualTo(0.3).Within(0.15));
        for (int i = 0; i < 1000; i++)
        {
            acceptance.Skip();
        }

        Assert.That(acceptance.Value, Is.EqualTo(0.6).Within(0.02));
    }
}
