namespace HeteroAgent.LlamaCpp;

/// <summary>The examples of an extractive model, varied anew in every epoch and written in tokens: the tool is wanted at the last token, a word's label at the word's last.</summary>
internal sealed class ExtractiveTrainingData(ExtractiveSet set, ExtractionVocabulary vocabulary, ExtractiveAugmenter augmenter, int limit, int threads) : ITrainingData
{
    public int Count => set.Examples.Count;

    public IReadOnlyList<TrainingSequence> Epoch(int epoch, CancellationToken cancellationToken)
    {
        TrainingSequence[] sequences = new TrainingSequence[Count];
        Parallel.For(
            0,
            Count,
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken },
            i => sequences[i] = Sequence(augmenter.Augment(i, epoch), i));
        return sequences;
    }

    private TrainingSequence Sequence(AugmentedExample augmented, int index)
    {
        ((int Start, int Length)[] words, int[] labels) = ExtractiveSet.Label(augmented.Example, set.Schema);
        EncodedRequest encoded = vocabulary.EncodeVaried(augmented.Example.Request, words, augmented.MergeDropout, augmented.UnknownWords, new Random(augmented.Seed));
        if (encoded.Tokens.Length > limit)
        {
            // A value swapped in can make a request longer than the model reads; the example as it was fits.
            ((words, labels), ExtractiveExample plain) = (ExtractiveSet.Label(set.Examples[index], set.Schema), set.Examples[index]);
            encoded = vocabulary.Encode(plain.Request, words, limit, "the model to be");
        }

        int tool = vocabulary.ToolTokens[ToolNumber(augmented.Example.Tool)];
        return new TrainingSequence(
            encoded.Tokens,
            [new TrainingTarget(encoded.Tokens.Length - 1, tool), .. labels.Select((label, word) => new TrainingTarget(encoded.LastTokens[word], vocabulary.LabelTokens[label]))],
            index);
    }

    private int ToolNumber(string tool)
    {
        IReadOnlyList<ExtractiveTool> tools = set.Schema.Tools;
        for (int i = 0; i < tools.Count; i++)
        {
            if (tools[i].Name == tool)
            {
                return i;
            }
        }

        throw new ArgumentException($"The tool '{tool}' is not among {string.Join(", ", tools.Select(t => t.Name))}.", nameof(tool));
    }
}
