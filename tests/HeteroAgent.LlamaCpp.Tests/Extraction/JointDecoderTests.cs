using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>The beam search against all labellings, tried one by one.</summary>
internal sealed class JointDecoderTests
{
    private const int Words = 4;

    [Test]
    public void The_best_labelling_of_all_is_found([Range(0, 40)] int seed)
    {
        ExtractionSchema schema = Schema();
        LabelScores scores = Random(schema, new Random(seed), out float[] tools, out float[][] words);
        int[] all = [0, 1];
        JointDecoder.Result found = JointDecoder.Decode(scores, schema, all);
        double best = all.Max(t => tools[t] + BestOf(schema.SlotsOfTool[t], words, 0, 0, inSlot: false));
        Assert.That(found.Logprob, Is.EqualTo(best).Within(1e-4));
        Assert.That(IsLegal(found, schema));
    }

    [Test]
    public void Only_an_allowed_tool_is_chosen([Range(0, 5)] int seed)
    {
        ExtractionSchema schema = Schema();
        LabelScores scores = Random(schema, new Random(seed), out _, out _);
        JointDecoder.Result found = JointDecoder.Decode(scores, schema, [1]);
        Assert.That(found.Tool, Is.EqualTo(1));
        Assert.That(IsLegal(found, schema));
    }

    private static ExtractionSchema Schema() => ExtractionSchema.Parse("""{"A":["x","y"],"B":["y","z","w"]}""", @"[^\W_]+|[^\w\s]|_");

    private static LabelScores Random(ExtractionSchema schema, Random random, out float[] tools, out float[][] words)
    {
        LabelScores scores = new(schema.Tools.Count, Words, schema.LabelCount);
        float[] scratch = new float[16];
        int[] toolTokens = [0, 1];
        int[] labelTokens = [.. Enumerable.Range(2, schema.LabelCount)];
        float[] logits = Draw();
        scores.AddTool(logits, toolTokens, scratch, asProbability: false);
        tools = [.. toolTokens.Select(t => LogSoftmax(logits, t))];
        words = new float[Words][];
        for (int w = 0; w < Words; w++)
        {
            logits = Draw();
            scores.AddWord(w, logits, labelTokens, scratch, asProbability: false);
            words[w] = [.. labelTokens.Select(t => LogSoftmax(logits, t))];
        }

        return scores;

        float[] Draw() => [.. Enumerable.Range(0, 16).Select(_ => (float)(random.NextDouble() * 4))];
    }

    private static float LogSoftmax(float[] logits, int i) => (float)(logits[i] - Math.Log(logits.Sum(l => Math.Exp(l))));

    private static double BestOf(int[] slots, float[][] words, int word, int used, bool inSlot)
    {
        if (word == words.Length)
        {
            return 0;
        }

        double best = words[word][ExtractionSchema.Outside] + BestOf(slots, words, word + 1, used, inSlot: false);
        if (inSlot)
        {
            best = Math.Max(best, words[word][ExtractionSchema.Inside] + BestOf(slots, words, word + 1, used, inSlot: true));
        }

        for (int s = 0; s < slots.Length; s++)
        {
            if ((used & (1 << s)) == 0)
            {
                best = Math.Max(best, words[word][ExtractionSchema.FirstSlot + slots[s]] + BestOf(slots, words, word + 1, used | (1 << s), inSlot: true));
            }
        }

        return best;
    }

    private static bool IsLegal(JointDecoder.Result result, ExtractionSchema schema)
    {
        int[] begun = [.. result.Labels.Where(l => l >= ExtractionSchema.FirstSlot).Select(l => l - ExtractionSchema.FirstSlot)];
        bool afterOutside = Enumerable.Range(0, result.Labels.Length).Any(i => result.Labels[i] == ExtractionSchema.Inside && (i == 0 || result.Labels[i - 1] == ExtractionSchema.Outside));
        return begun.Distinct().Count() == begun.Length && begun.All(s => schema.SlotsOfTool[result.Tool].Contains(s)) && !afterOutside;
    }
}
