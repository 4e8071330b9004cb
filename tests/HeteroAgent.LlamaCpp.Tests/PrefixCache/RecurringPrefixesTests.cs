using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Which beginnings are worth saving.</summary>
public sealed class RecurringPrefixesTests
{
    private static readonly byte[] Key = [1];

    [Test]
    public void The_beginning_that_two_prompts_share_is_found()
    {
        RecurringPrefixes prefixes = new();
        Assert.That(prefixes.Note(Key, [1, 2, 3, 4, 5]), Is.Zero);
        Assert.That(prefixes.Note(Key, [1, 2, 3, 9]), Is.EqualTo(3));
        Assert.That(prefixes.Note(Key, [1, 2, 7]), Is.EqualTo(2));
        Assert.That(prefixes.Note(Key, [1, 2, 3, 9, 9]), Is.EqualTo(3), "[1, 2, 3, 9] ends where it begins to differ");
    }

    [Test]
    public void The_same_prompt_and_the_next_turn_are_not()
    {
        RecurringPrefixes prefixes = new();
        int[][] prompts = [[1, 2, 3], [1, 2, 3], [1, 2, 3, 4]];
        Assert.That(prompts.Select(p => prefixes.Note(Key, p)).ToArray(), Has.All.Zero);
    }

    [Test]
    public void Another_model_or_adapter_shares_nothing()
    {
        RecurringPrefixes prefixes = new();
        _ = prefixes.Note(Key, [1, 2, 3, 4]);
        Assert.That(prefixes.Note([2], [1, 2, 3, 5]), Is.Zero);
    }

    [Test]
    public void Old_prompts_are_forgotten()
    {
        RecurringPrefixes prefixes = new();
        _ = prefixes.Note(Key, [1, 2, 3, 4]);
        for (int i = 0; i < 40; i++)
        {
            _ = prefixes.Note(Key, [100 + i, 1]);
        }

        Assert.That(prefixes.Note(Key, [1, 2, 3, 5]), Is.Zero);
    }
}
