using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

internal sealed class LabelScoresTests
{
    [Test]
    public void Models_with_other_vocabularies_are_averaged_as_probabilities_label_by_label()
    {
        // Three labels stand at other places in a vocabulary of four and in one of five tokens.
        float[] first = [1, 2, 0, -1];
        float[] second = [0, 0, 3, 1, 2];
        int[] firstTokens = [1, 0, 3];
        int[] secondTokens = [4, 2, 0];
        LabelScores scores = new(tools: 3, words: 1, labels: 3);
        scores.AddTool(first, firstTokens, new float[4], asProbability: true);
        scores.AddTool(second, secondTokens, new float[5], asProbability: true);
        scores.AddWord(0, first, firstTokens, new float[4], asProbability: true);
        scores.AddWord(0, second, secondTokens, new float[5], asProbability: true);
        scores.Average(models: 2);
        for (int label = 0; label < 3; label++)
        {
            double expected = Math.Log((Softmax(first, firstTokens[label]) + Softmax(second, secondTokens[label])) / 2);
            Assert.That(scores.Tools[label], Is.EqualTo(expected).Within(1e-5));
            Assert.That(scores.Word(0)[label], Is.EqualTo(expected).Within(1e-5));
        }
    }

    [Test]
    public void A_probability_of_zero_keeps_a_finite_logarithm()
    {
        LabelScores scores = new(tools: 2, words: 0, labels: 0);
        scores.AddTool([0, -1000], [0, 1], new float[2], asProbability: true);
        scores.AddTool([0, -1000], [0, 1], new float[2], asProbability: true);
        scores.Average(models: 2);
        Assert.That(scores.Tools[0], Is.EqualTo(0).Within(1e-6));
        Assert.That(scores.Tools[1], Is.LessThan(-80).And.GreaterThan(float.NegativeInfinity));
    }

    private static double Softmax(float[] logits, int i) => Math.Exp(logits[i]) / logits.Sum(l => Math.Exp(l));
}
