namespace HeteroAgent.LlamaCpp;

/// <summary>A network that labels words, in training.</summary>
internal sealed class ExtractiveNetwork(TransformerNetwork network, IExtractiveEncoding encoding, ExtractionSchema schema)
{
    internal TransformerNetwork Network => network;

    internal IExtractiveEncoding Encoding => encoding;

    /// <summary>Adds the scores of some requests, whose words are given. One that is too long gets none.</summary>
    internal void Score(NetworkPass pass, IReadOnlyList<(string Text, IReadOnlyList<(int Start, int Length)> Words)> requests, IReadOnlyList<LabelScores> scores, bool asProbability)
    {
        PackedBatch batch = new();
        ReadRequest?[] read = [.. requests.Select(r => encoding.Read(r.Text, r.Words))];
        foreach (ReadRequest request in read.OfType<ReadRequest>())
        {
            batch.AddSequence(request.Tokens);
            batch.AddOutput(request.ToolPosition);
            foreach (int position in request.WordPositions)
            {
                batch.AddOutput(position);
            }

            for (int slot = 0; slot < encoding.ClosedOutputs.Length; slot++)
            {
                batch.AddOutput(request.FirstClosedPosition + slot);
            }
        }

        float[] logits = batch.TokenCount > 0 ? network.Logits(pass, batch) : [];
        int width = logits.Length / Math.Max(1, batch.Outputs.Length);
        float[] scratch = new float[width];
        int row = 0;
        for (int i = 0; i < read.Length; i++)
        {
            if (read[i] is null)
            {
                continue;
            }

            scores[i].AddTool(Row(row++), encoding.ToolOutputs, scratch, asProbability);
            for (int word = 0; word < requests[i].Words.Count; word++)
            {
                scores[i].AddWord(word, Row(row++), encoding.LabelOutputs, scratch, asProbability);
            }

            for (int slot = 0; slot < encoding.ClosedOutputs.Length; slot++)
            {
                scores[i].AddClosed(slot, Row(row++), encoding.ClosedOutputs[slot], asProbability);
            }
        }

        ReadOnlySpan<float> Row(int index) => logits.AsSpan(index * width, width);
    }

    /// <summary>The scores of some requests by several networks, summed as probabilities unless there is one network whose logarithms are wanted.</summary>
    internal static LabelScores[] ScoreAll(IReadOnlyList<ExtractiveNetwork> networks, NetworkPass[] passes, IReadOnlyList<(string Text, IReadOnlyList<(int Start, int Length)> Words)> requests, bool asProbability)
    {
        LabelScores[] scores = [.. requests.Select(r => networks[0].NewScores(r.Words.Count))];
        for (int m = 0; m < networks.Count; m++)
        {
            networks[m].Score(passes[m], requests, scores, asProbability);
        }

        return scores;
    }

    internal LabelScores NewScores(int words) => new(schema.Tools.Count, words, schema.LabelCount, encoding.ClosedOutputs.Select(o => o.Length));
}
