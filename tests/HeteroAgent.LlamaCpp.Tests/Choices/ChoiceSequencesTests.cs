using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>What each token attends to, on a model of llama.cpp's unified cache: cells that carry a position and the sequences they belong to.</summary>
public class ChoiceSequencesTests
{
    private const int First = 8;

    [Test]
    public void A_token_sees_the_prompt_and_the_tokens_before_it_and_no_others() => Prop.ForAll<int, PositiveInt>((seed, size) =>
    {
        RandomLanguage language = new(seed, vocabulary: 2 + (size.Get % 20), peak: size.Get % 10);
        int[][] choices = language.Choices(1 + (size.Get % 50));
        ChoiceTree tree = new(choices);
        int limit = 1 + (size.Get % 6);
        int capacity = Math.Max(1, choices.Max(c => c.Length)) + (size.Get % 20);
        ChoiceSequences sequences = new(tree, 0, First, limit);
        Random random = new(seed);
        List<Cell> cache = [new(0, -1, [0])];
        for (int round = 0; round < 20; round++)
        {
            int[] wanted = [.. Enumerable.Range(0, 5).Select(_ => random.Next(tree.Count)).Where(n => n > 0 && !cache.Exists(c => c.Node == n)).Distinct().Order()];
            if (wanted.Length == 0)
            {
                continue;
            }

            if (!sequences.HasRoom(wanted, capacity))
            {
                cache.ForEach(c => c.Sequences.RemoveWhere(s => s >= First));
                cache.RemoveAll(c => c.Sequences.Count == 0);
                sequences.Clear();
            }

            List<ChoiceSequences.Placed> placed = sequences.Place(wanted, capacity);
            Assert.That(placed, Is.Not.Empty);
            Assert.That(placed.Select(p => p.Node), Does.Contain(wanted[0]));
            foreach (ChoiceSequences.Copy copy in placed.SelectMany(p => p.Copies))
            {
                Assert.That(copy.To, Is.InRange(First, First + limit - 1));
                Assert.That(cache.Exists(c => c.Sequences.Contains(copy.To)), Is.False, "a sequence is begun twice");
                cache.Where(c => c.Sequences.Contains(copy.From) && c.Depth <= copy.Depth).ToList().ForEach(c => c.Sequences.Add(copy.To));
            }

            foreach (ChoiceSequences.Placed p in placed)
            {
                cache.Add(new Cell(p.Node, tree[p.Node].Depth, [.. p.Sequences]));
            }

            foreach (ChoiceSequences.Placed p in placed)
            {
                List<int> ancestors = [];
                for (int n = p.Node; n > 0; n = tree[n].Parent)
                {
                    ancestors.Add(n);
                }

                foreach (int sequence in p.Sequences)
                {
                    int[] seen = [.. cache.Where(c => c.Sequences.Contains(sequence) && c.Depth <= tree[p.Node].Depth).Select(c => c.Node)];
                    Assert.That(seen, Is.EquivalentTo([.. ancestors, 0]));
                }
            }

            Assert.That(sequences.Cells, Is.EqualTo(cache.Count - 1).And.AtMost(capacity));
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Test]
    public void A_path_takes_one_sequence()
    {
        ChoiceTree tree = new([[1, 2, 3, 4, 5]]);
        ChoiceSequences sequences = new(tree, 0, First, 1);
        foreach (int node in (int[])[2, 4, 5])
        {
            Assert.That(sequences.Place([node], 100).SelectMany(p => p.Sequences), Has.All.EqualTo(First));
        }
    }

    private sealed record Cell(int Node, int Depth, HashSet<int> Sequences);
}
