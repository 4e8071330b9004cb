namespace HeteroAgent.LlamaCpp;

/// <summary>The examples of an extractive model, varied anew in every epoch: the tool is wanted at one position, a word's label at another, and a value of the tool's closed slots where it is asked for. With a teacher, what it thinks of the varied request is wanted as well.</summary>
internal sealed class ExtractiveTrainingData(ExtractiveSet set, IExtractiveEncoding encoding, ExtractiveAugmenter augmenter, ExtractiveTeacher? teacher, int seed, int threads) : ITrainingData
{
    private readonly Dictionary<string, int> _tools = set.Schema.Tools.Select((t, i) => (t.Name, i)).ToDictionary(t => t.Name, t => t.i, StringComparer.Ordinal);

    public int Count => set.Examples.Count;

    public IReadOnlyList<TrainingSequence> Epoch(int epoch, CancellationToken cancellationToken)
    {
        (AugmentedExample[] varied, SoftLabels[]? opinions) = teacher is null
            ? (Vary(epoch, cancellationToken), null)
            : teacher.Variation(epoch, Vary, cancellationToken);
        TrainingSequence[] sequences = new TrainingSequence[Count];
        try
        {
            Parallel.For(0, Count, Parallelism(cancellationToken), i =>
            {
                // A variation that the teacher has labelled comes again; its pieces do not.
                AugmentedExample example = varied[i] with { Seed = Seeds.Mix(seed, epoch, i) };
                sequences[i] = Sequence(example, opinions?[i], i) ?? Plain(i);
            });
        }
        catch (AggregateException e) when (e.InnerException is TuningException unusable)
        {
            throw new TuningException(unusable.Failure, unusable.Message, e);
        }

        return sequences;
    }

    private AugmentedExample[] Vary(int epoch, CancellationToken cancellationToken)
    {
        AugmentedExample[] varied = new AugmentedExample[Count];
        Parallel.For(0, Count, Parallelism(cancellationToken), i => varied[i] = augmenter.Augment(i, epoch));
        return varied;
    }

    private ParallelOptions Parallelism(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };

    /// <summary>The example as it was: a value swapped in can make a request longer than the model reads.</summary>
    private TrainingSequence Plain(int index) => Sequence(new AugmentedExample(set.Examples[index], 0, 0, 0), null, index)
        ?? throw new TuningException(TuningFailure.UnusableData, $"Example {index + 1} is longer than the model to be reads.");

    private TrainingSequence? Sequence(AugmentedExample augmented, SoftLabels? opinion, int index)
    {
        ((int Start, int Length)[] words, int[] labels) = ExtractiveSet.Label(augmented.Example, set.Schema);
        if (encoding.ReadVaried(augmented, words) is not { } read)
        {
            return null;
        }

        int tool = _tools[augmented.Example.Tool];
        int[] closed = encoding.ClosedOutputs.Length > 0 ? set.Schema.ClosedOfTool[tool] : [];
        TrainingTarget[] targets = new TrainingTarget[words.Length + 1 + closed.Length];
        targets[0] = Target(read.ToolPosition, encoding.ToolOutputs, tool, opinion?.Tool);
        for (int word = 0; word < words.Length; word++)
        {
            targets[word + 1] = Target(read.WordPositions[word], encoding.LabelOutputs, labels[word], opinion?.Words[word]);
        }

        for (int i = 0; i < closed.Length; i++)
        {
            // What a slot of another tool would be, nobody has said.
            int[] outputs = encoding.ClosedOutputs[closed[i]];
            targets[words.Length + 1 + i] = new TrainingTarget(read.FirstClosedPosition + closed[i], outputs[Member(augmented.Example, set.Schema.Closed[closed[i]])]);
        }

        return new TrainingSequence(read.Tokens, targets, index);
    }

    /// <summary>The number of an example's member, from 1, or 0 for none.</summary>
    private static int Member(ExtractiveExample example, ClosedSlot slot)
    {
        if (!example.Closed.TryGetValue(slot.Slot, out string? value))
        {
            return 0;
        }

        int member = slot.Members.ToList().IndexOf(value);
        return member >= 0 ? member + 1
            : throw new TuningException(TuningFailure.UnusableData, $"The value '{value}' of '{slot.Slot}' is none of its closed set: {string.Join(", ", slot.Members)}.");
    }

    private TrainingTarget Target(int position, int[] outputs, int label, SoftTarget? opinion)
    {
        if (opinion is null)
        {
            return new TrainingTarget(position, outputs[label]);
        }

        float share = teacher!.Weight;
        int[] tokens = [.. opinion.Tokens.Select(t => outputs[t]), outputs[label]];
        float[] weights = [.. opinion.Weights.Select(w => w * share), 1 - share];
        return new TrainingTarget(position, outputs[label], new SoftTarget(tokens, weights));
    }
}
