namespace HeteroAgent.LlamaCpp;

/// <summary>Measures networks in training on labelled requests, decoded as the finished model will. Networks that read no closed slots are not measured on them.</summary>
internal sealed class ExtractiveScorer(ExtractionSchema schema, IReadOnlyList<ExtractiveNetwork> networks)
{
    /// <summary>The requests that are labelled at once: enough for the weights to be read seldom, and few enough to stay in the cache.</summary>
    internal const int RequestsAtOnce = 24;
    private readonly bool _readsClosed = schema.Closed.Count == 0 || networks[0].Encoding.ClosedOutputs.Length > 0;
    private readonly int[] _allTools = [.. Enumerable.Range(0, schema.Tools.Count)];

    /// <summary>The share of examples whose tool is right, and of those whose whole call is.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="values">For each network the values to compute with, pinned.</param>
    /// <param name="threads">The threads to use.</param>
    /// <param name="cancellationToken">Ends the measuring.</param>
    internal (double Tool, double Exact) Measure(IReadOnlyList<ExtractiveExample> examples, IReadOnlyList<float[]> values, int threads, CancellationToken cancellationToken)
    {
        int tools = 0;
        int exact = 0;
        ExtractiveExample[][] chunks = [.. examples.Chunk(RequestsAtOnce)];
        Parallel.For(
            0,
            threads,
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken },
            thread =>
            {
                NetworkPass[] passes = [.. networks.Select((m, i) => new NetworkPass(m.Network.Parameters, values[i], withGradient: false))];
                for (int i = thread; i < chunks.Length; i += threads)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    foreach ((bool tool, bool whole) in Judge(chunks[i], passes))
                    {
                        Interlocked.Add(ref tools, tool ? 1 : 0);
                        Interlocked.Add(ref exact, whole ? 1 : 0);
                    }
                }
            });
        return ((double)tools / examples.Count, (double)exact / examples.Count);
    }

    private IEnumerable<(bool Tool, bool Exact)> Judge(ExtractiveExample[] examples, NetworkPass[] passes)
    {
        (string Text, IReadOnlyList<(int Start, int Length)> Words)[] requests = [.. examples.Select(e => CaseFolding.Fold(e.Request)).Select(r => (r, (IReadOnlyList<(int, int)>)schema.Words.Split(r)))];
        LabelScores[] scores = ExtractiveNetwork.ScoreAll(networks, passes, requests, asProbability: networks.Count > 1);

        for (int i = 0; i < examples.Length; i++)
        {
            if (networks.Count > 1)
            {
                scores[i].Average(networks.Count);
            }

            yield return Judge(examples[i], requests[i].Words, JointDecoder.Decode(scores[i], schema, _allTools));
        }
    }

    private (bool Tool, bool Exact) Judge(ExtractiveExample example, IReadOnlyList<(int Start, int Length)> words, JointDecoder.Result found)
    {
        if (schema.Tools[found.Tool].Name != example.Tool)
        {
            return (false, false);
        }

        HashSet<(string, string)> wanted = [.. example.Spans.Select(s => (s.Slot, example.Value(s)))];
        IEnumerable<(string, string)> read = Spans(example.Request, words, found.Labels);
        if (_readsClosed)
        {
            wanted.UnionWith(example.Closed.Select(c => (c.Key, c.Value)));
            read = read.Concat(Closed(found));
        }

        return (true, wanted.SetEquals(read));
    }

    private IEnumerable<(string Slot, string Value)> Closed(JointDecoder.Result found) =>
        found.Closed.Select((member, i) => (Slot: schema.Closed[schema.ClosedOfTool[found.Tool][i]], Member: member))
            .Where(c => c.Member > 0)
            .Select(c => (c.Slot.Slot, c.Slot.Members[c.Member - 1]));

    private IEnumerable<(string Slot, string Value)> Spans(string request, IReadOnlyList<(int Start, int Length)> words, int[] labels)
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
