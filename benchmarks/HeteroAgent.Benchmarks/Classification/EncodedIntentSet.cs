using System.Numerics.Tensors;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks;

/// <summary>A set whose texts were each read once by the encoder.</summary>
internal sealed class EncodedIntentSet
{
    private readonly string[] _trainTexts;
    private readonly ClassifierExamples _train;

    private EncodedIntentSet(IntentSet set, EncodedTexts train, EncodedTexts test, EncodedTexts outOfScopeTrain, EncodedTexts outOfScopeTest)
    {
        Set = set;
        Test = test;
        OutOfScopeTrain = outOfScopeTrain;
        OutOfScopeTest = outOfScopeTest;
        Labels = [.. set.Train.Select(static r => r.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Dictionary<string, int> classes = Labels.Index().ToDictionary(static l => l.Item, static l => l.Index, StringComparer.Ordinal);
        TestClasses = [.. set.Test.Select(r => classes[r.Label])];
        _trainTexts = [.. set.Train.Select(static r => r.Text)];
        _train = new ClassifierExamples(train.Vectors, [.. set.Train.Select(r => classes[r.Label])], train.Dimension, Labels.Length);
    }

    internal IntentSet Set { get; }

    internal string[] Labels { get; }

    internal EncodedTexts Test { get; }

    internal int[] TestClasses { get; }

    internal EncodedTexts OutOfScopeTrain { get; }

    internal EncodedTexts OutOfScopeTest { get; }

    internal static async Task<EncodedIntentSet> CreateAsync(IntentSet set, IEmbeddingGenerator<string, Embedding<float>> encoder)
    {
        EncodedTexts train = await Encode([.. set.Train.Select(static r => r.Text)]).ConfigureAwait(false);
        EncodedTexts test = await Encode([.. set.Test.Select(static r => r.Text)]).ConfigureAwait(false);
        EncodedTexts outOfScopeTrain = await Encode(set.OutOfScopeTrain).ConfigureAwait(false);
        return new EncodedIntentSet(set, train, test, outOfScopeTrain, await Encode(set.OutOfScopeTest).ConfigureAwait(false));

        Task<EncodedTexts> Encode(IReadOnlyList<string> texts) => EncodedTexts.EncodeAsync(encoder, texts, onBatch: null, CancellationToken.None);
    }

    /// <summary>Fits a head on some rows of the training part.</summary>
    internal ClassifierHead Fit(int[]? rows, bool withOutOfScope, int threads)
    {
        ClassifierTrainingOptions options = new() { Threads = threads };
        EncodedTexts outOfScope = withOutOfScope ? OutOfScopeTrain : new EncodedTexts([], 0, 0);
        return rows is null
            ? new ClassifierFit(_trainTexts, _train, outOfScope, options, CancellationToken.None).Run(Labels, "", new float[_train.Dimension])
            : new ClassifierFit([.. rows.Select(r => _trainTexts[r])], _train.Select(rows), outOfScope, options, CancellationToken.None).Run(Labels, "", new float[_train.Dimension]);
    }

    /// <summary>What the head says of the test part.</summary>
    internal Classification[] Classify(ClassifierHead head) => [.. Set.Test.Select((r, i) => head.Classify(r.Text, Test.Vector(i), 0))];

    /// <summary>What the head says of the texts out of scope.</summary>
    internal Classification[] ClassifyOutOfScope(ClassifierHead head) => [.. Set.OutOfScopeTest.Select((t, i) => head.Classify(t, OutOfScopeTest.Vector(i), 0))];

    /// <summary>The accuracy of the label of the nearest training example, and of the nearest mean of a label's examples.</summary>
    internal (double NearestExample, double NearestMean) NearestAccuracy()
    {
        float[] means = InScope.Means(_train);
        int byExample = 0;
        int byMean = 0;
        Parallel.For(0, Set.Test.Count, i =>
        {
            ReadOnlySpan<float> vector = Test.Vector(i);
            if (_train.Classes[Nearest(vector, _train.Vectors)] == TestClasses[i])
            {
                Interlocked.Increment(ref byExample);
            }

            if (Nearest(vector, means) == TestClasses[i])
            {
                Interlocked.Increment(ref byMean);
            }
        });
        return ((double)byExample / Set.Test.Count, (double)byMean / Set.Test.Count);
    }

    private static int Nearest(ReadOnlySpan<float> vector, ReadOnlySpan<float> among)
    {
        int best = 0;
        float most = float.NegativeInfinity;
        for (int i = 0; i < among.Length / vector.Length; i++)
        {
            float cosine = TensorPrimitives.Dot(vector, among.Slice(i * vector.Length, vector.Length));
            (best, most) = cosine > most ? (i, cosine) : (best, most);
        }

        return best;
    }
}
