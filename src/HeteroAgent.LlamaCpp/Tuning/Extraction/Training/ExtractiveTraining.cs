using System.Globalization;

namespace HeteroAgent.LlamaCpp;

/// <summary>One training of extractive models: the teacher first where there is one, then each model.</summary>
internal sealed class ExtractiveTraining(ExtractiveSet train, string output, ExtractiveTrainingOptions options, ExtractiveSet? validation, IProgress<TuningProgress>? progress)
{
    private const double TeacherRate = 2e-4;
    private const int TeacherBatch = 32;
    private const int TeacherContext = 256;

    /// <summary>The start, one word and the end.</summary>
    private const int LeastTokens = 3;
    private readonly string _data = ExtractiveFingerprint.Of(train);
    private double _seconds;

    private int Threads => options.Training.ThreadCount;

    internal async Task<TuningResult> RunAsync(CancellationToken cancellationToken)
    {
        using LlamaModel? encoder = options.Teacher is null ? null
            : await LlamaModel.LoadAsync(options.Teacher, new LlamaModelOptions { GpuLayers = 0 }, progress: null, cancellationToken).ConfigureAwait(false);
        ExtractiveTeacher? teacher = encoder is null ? null : Teach(encoder, cancellationToken);
        List<string> files = [];
        TrainingState? state = null;
        for (int i = 0; i < options.Models; i++)
        {
            (string file, state) = TrainModel(i, teacher, cancellationToken);
            files.Add(file);
        }

        Checkpoints().ForEach(File.Delete);
        (int _, float _, float metric) = state!.Validations.Count > 0 ? state.Validations[^1] : (0, float.NaN, float.NaN);
        return new TuningResult(files, state.Step, train.Examples.Count, state.Losses, null, float.IsNaN(metric) ? null : metric, TimeSpan.FromSeconds(_seconds));
    }

    private ExtractiveTeacher Teach(LlamaModel encoder, CancellationToken cancellationToken)
    {
        using GgufTensorData tensors = new(encoder.File);
        WordPieceEncoding encoding = new(encoder, train.Schema, Math.Min(TeacherContext, encoder.TrainedContextLength));
        TransformerNetwork network = BertBuilder.Build(tensors.File, tensors.Find, newBlocks: 1, WordPieceEncoding.Outputs(train.Schema), options.Training.Seed);
        ExtractiveNetwork teacher = new(network, encoding, train.Schema);
        TuningOptions training = options.Training.Validated();
        (training.Epochs, training.BatchSize, training.LearningRate, training.WeightDecay, training.AverageDecay) = (options.TeacherEpochs, TeacherBatch, TeacherRate, 0.01, 0);
        training.CheckpointPath = CheckpointPath("teacher");
        Run(teacher, training, null, $"teacher={Path.GetFileName(encoder.Path)}", "teacher", cancellationToken);
        return new ExtractiveTeacher(train.Schema, [teacher], (float)options.TeacherWeight, options.TeacherVariations, Threads);
    }

    private (string File, TrainingState State) TrainModel(int index, ExtractiveTeacher? teacher, CancellationToken cancellationToken)
    {
        // Models that are averaged should err in different places: each has its own seed, and its own vocabulary.
        if (train.Schema.Closed.Count + LeastTokens > options.ContextLength)
        {
            throw new TuningException(TuningFailure.UnusableData, $"The {train.Schema.Closed.Count} closed slots take a token each behind every request, which leaves no room in a ContextLength of {options.ContextLength}.");
        }

        ExtractiveTokenizer tokenizer = ExtractiveTokenizer.Learn(train, Math.Max(0, options.Merges - (index * options.Merges / 8)), cancellationToken);
        TransformerShape shape = Shape(tokenizer.Tokens.Count);
        TuningOptions training = options.Training.Validated();
        training.Seed = Seeds.Mix(options.Training.Seed, index);
        training.CheckpointPath = CheckpointPath(index.ToString(CultureInfo.InvariantCulture));
        TransformerNetwork network = TransformerBuilder.Trained(shape, decaysEmbedding: false);
        TrainingMemory.Require(TrainingMemory.Estimate(network.Parameters.Count, training, TrainingMemory.NumbersPerToken(shape), shape.ContextLength, shape.VocabularySize), "Training this model");
        NetworkInitialization.Fill(network.Parameters, shape.Layers, training.Seed);
        ExtractiveNetwork model = new(network, new BytePairEncoding(tokenizer.Vocabulary, shape.ContextLength), train.Schema);
        string stage = options.Models == 1 ? string.Empty : $"model {index + 1} of {options.Models}";
        TrainingState state = Run(model, training, teacher, $"{shape} merges={tokenizer.Merges.Count} teacher={options.Teacher is not null}:{options.TeacherWeight:R}:{options.TeacherVariations}", stage, cancellationToken);
        string file = index == 0 ? output : Path.ChangeExtension(output, $".{index + 1}{Path.GetExtension(output)}");
        ExtractiveModelFile.Write(file, shape, network.Parameters, tokenizer, train.Schema, options.Type);
        return (file, state);
    }

    private TrainingState Run(ExtractiveNetwork network, TuningOptions training, ExtractiveTeacher? teacher, string fingerprint, string stage, CancellationToken cancellationToken)
    {
        ExtractiveScorer scorer = new(train.Schema, [network]);
        TrainingRun run = new(
            new TrainingTask
            {
                Parameters = network.Network.Parameters,
                LossAndGradient = network.Network.LossAndGradient,
                Data = new ExtractiveTrainingData(train, network.Encoding, new ExtractiveAugmenter(train, options.Augmentation, teacher is null ? training.Seed : options.Training.Seed), teacher, training.Seed, Threads),
                Validate = validation is null ? null : (values, token) => new ValidationResult(null, scorer.Measure(validation.Examples, [values], Threads, token).Exact),
                Fingerprint = $"{_data} {fingerprint}",
            },
            training,
            progress is null ? null : new StageProgress(progress, stage.Length > 0 ? stage : null));
        run.Train(cancellationToken);
        _seconds += run.State.Seconds;
        return run.State;
    }

    private TransformerShape Shape(int vocabulary) => new()
    {
        VocabularySize = vocabulary,
        Width = options.Width,
        Layers = options.Layers,
        Heads = options.Width / 32,
        KeyValueHeads = options.Width / 32,
        HeadSize = 32,
        FeedForward = options.Width * 11 / 4,
        ContextLength = options.ContextLength,
        Causal = false,
    };

    private string? CheckpointPath(string part) => options.Training.CheckpointPath is { } path ? $"{path}.{part}" : null;

    private List<string> Checkpoints() =>
        [.. Enumerable.Range(0, options.Models).Select(i => i.ToString(CultureInfo.InvariantCulture)).Append("teacher").Select(CheckpointPath).OfType<string>().Where(File.Exists)];
}
