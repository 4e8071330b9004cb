namespace HeteroAgent.LlamaCpp;

/// <summary>Labels requests with networks in training, as the finished model will.</summary>
internal sealed class ExtractiveScorer(ExtractionSchema schema, IReadOnlyList<(TransformerNetwork Network, ExtractionVocabulary Vocabulary)> models, int limit)
{
    private readonly int[] _allTools = [.. Enumerable.Range(0, schema.Tools.Count)];

    /// <summary>The scores of one request, averaged over the models. The passes belong to the calling thread.</summary>
    internal LabelScores Score(string request, IReadOnlyList<(int Start, int Length)> words, IReadOnlyList<NetworkPass> passes)
    {
        LabelScores scores = new(schema.Tools.Count, words.Count, schema.LabelCount);
        for (int m = 0; m < models.Count; m++)
        {
            (TransformerNetwork network, ExtractionVocabulary vocabulary) = models[m];
            EncodedRequest encoded = vocabulary.Encode(request, words, limit, "the model in training");
            PackedBatch batch = new();
            batch.AddSequence(encoded.Tokens);
            batch.AddOutput(encoded.Tokens.Length - 1);
            foreach (int position in encoded.LastTokens)
            {
                batch.AddOutput(position);
            }

            float[] logits = network.Logits(passes[m], batch);
            int width = logits.Length / batch.Outputs.Length;
            float[] scratch = new float[width];
            scores.AddTool(logits.AsSpan(0, width), vocabulary.ToolTokens, scratch, models.Count > 1);
            for (int word = 0; word < words.Count; word++)
            {
                scores.AddWord(word, logits.AsSpan((word + 1) * width, width), vocabulary.LabelTokens, scratch, models.Count > 1);
            }
        }

        if (models.Count > 1)
        {
            scores.Average(models.Count);
        }

        return scores;
    }

    /// <summary>The share of examples whose tool is right, and of those whose whole call is.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="values">For each model the values to compute with, pinned.</param>
    /// <param name="threads">The threads to use.</param>
    /// <param name="cancellationToken">Ends the measuring.</param>
    internal (double Tool, double Exact) Measure(IReadOnlyList<ExtractiveExample> examples, IReadOnlyList<float[]> values, int threads, CancellationToken cancellationToken)
    {
        int tools = 0;
        int exact = 0;
        Parallel.For(
            0,
            threads,
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken },
            thread =>
            {
                NetworkPass[] passes = [.. models.Select((m, i) => new NetworkPass(m.Network.Parameters, values[i], withGradient: false))];
                for (int i = thread; i < examples.Count; i += threads)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    (bool tool, bool whole) = Judge(examples[i], passes);
                    Interlocked.Add(ref tools, tool ? 1 : 0);
                    Interlocked.Add(ref exact, whole ? 1 : 0);
                }
            });
        return ((double)tools / examples.Count, (double)exact / examples.Count);
    }

    private (bool Tool, bool Exact) Judge(ExtractiveExample example, NetworkPass[] passes)
    {
        string read = CaseFolding.Fold(example.Request);
        List<(int Start, int Length)> words = schema.Words.Split(read);
        JointDecoder.Result found = JointDecoder.Decode(Score(read, words, passes), schema, _allTools);
        if (schema.Tools[found.Tool].Name != example.Tool)
        {
            return (false, false);
        }

        HashSet<(string, string)> wanted = [.. example.Spans.Select(s => (s.Slot, example.Value(s)))];
        return (true, wanted.SetEquals(Spans(example.Request, words, found.Labels)));
    }

    private IEnumerable<(string Slot, string Value)> Spans(string request, List<(int Start, int Length)> words, int[] labels)
    {
        for (int word = 0; word < labels.Length; word++)
        {
            if (labels[word] >= ExtractionSchema.FirstSlot)
            {
                int last = word;
                while (last + 1 < labels.Length && labels[last + 1] == ExtractionSchema.Inside)
                {
                    last++;
                }

                yield return (schema.Slots[labels[word] - ExtractionSchema.FirstSlot], request[words[word].Start..(words[last].Start + words[last].Length)]);
            }
        }
    }
}
