using System.Security.Cryptography;
using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>One training of a model that writes answers.</summary>
internal sealed class ModelTraining(LlamaModel model, TuningSet train, TuningSet? validation, string output, ModelTrainingOptions options, IProgress<TuningProgress>? progress)
{
    internal TuningResult Run(CancellationToken cancellationToken)
    {
        TransformerShape shape = TransformerShapeReader.Read(model.File);
        int limit = Math.Min(options.MaxTokens, shape.ContextLength);
        shape = shape with { ContextLength = limit };
        ModelTrainingData data = ModelTrainingData.Create(model, train, limit);
        ModelTrainingData? held = validation is null ? null : ModelTrainingData.Create(model, validation, limit);
        LoraShape? lora = options.Lora?.Validated();
        using GgufTensorData tensors = new(model.File);
        RequireMemory(shape, lora, data, held);
        TransformerNetwork network = lora is null ? Full(shape, tensors) : TransformerBuilder.WithLora(shape, tensors.Find, lora);
        if (lora is not null)
        {
            NetworkInitialization.FillLowRank(network.Parameters, options.Training.Seed);
        }

        TrainingRun run = new(
            new TrainingTask
            {
                Parameters = network.Parameters,
                LossAndGradient = network.LossAndGradient,
                Data = data,
                Validate = held is null ? null : (values, token) => new ValidationResult(MeanLoss(network, held, values, token), null),
                Fingerprint = $"{Fingerprint(data)} base={model.File.SizeInBytes}:{Path.GetFileName(model.Path)} lora={lora?.Rank}:{lora?.Alpha}:{string.Join('+', lora?.Targets ?? [])}",
            },
            options.Training,
            progress);
        run.Train(cancellationToken);
        Write(network, tensors, lora);
        double? loss = run.State.Validations.Count > 0 && !float.IsNaN(run.State.Validations[^1].Loss) ? run.State.Validations[^1].Loss : null;
        if (options.Training.CheckpointPath is { } checkpoint && File.Exists(checkpoint))
        {
            File.Delete(checkpoint);
        }

        return new TuningResult([output], run.State.Step, data.Count, run.State.Losses, loss, null, TimeSpan.FromSeconds(run.State.Seconds));
    }

    private static TransformerNetwork Full(TransformerShape shape, GgufTensorData tensors)
    {
        TransformerNetwork network = TransformerBuilder.Trained(shape);
        foreach (Parameter parameter in network.Parameters.Parameters)
        {
            IRowSource source = tensors.Find(parameter.Name) ?? throw new TuningException(TuningFailure.UnsupportedBase, $"'{tensors.File.Path}' cannot be trained: it has no tensor {parameter.Name}.");
            source.ReadRows(0, parameter.Rows, network.Parameters.Of(parameter));
        }

        return network;
    }

    private void RequireMemory(TransformerShape shape, LoraShape? lora, ModelTrainingData data, ModelTrainingData? held)
    {
        long parameters = lora is null
            ? model.File.ParameterCount
            : lora.Targets.Sum(t => (long)shape.Layers * lora.Rank * Sides(shape, t));
        int longest = data.Sequences.Concat(held?.Sequences ?? []).Max(s => s.Tokens.Length);
        TrainingMemory.Require(
            TrainingMemory.Estimate(parameters, options.Training, TrainingMemory.NumbersPerToken(shape), longest, shape.VocabularySize),
            $"Training {(lora is null ? "all weights" : "an adapter")} of '{model.Name}'");
    }

    /// <summary>The inputs and outputs of a layer together.</summary>
    private static int Sides(TransformerShape shape, string target) => target switch
    {
        "attn_q" or "attn_output" => shape.Width + shape.QueryWidth,
        "attn_k" or "attn_v" => shape.Width + shape.KeyWidth,
        _ => shape.Width + shape.FeedForward,
    };

    private double MeanLoss(TransformerNetwork network, ModelTrainingData held, float[] values, CancellationToken cancellationToken)
    {
        int threads = options.Training.ThreadCount;
        double[] losses = new double[threads];
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, thread =>
        {
            NetworkPass pass = new(network.Parameters, values, withGradient: false);
            PackedBatch batch = new();
            for (int i = thread; i < held.Count; i += threads)
            {
                cancellationToken.ThrowIfCancellationRequested();
                held.Sequences[i].AddTo(batch);
                if (batch.TokenCount >= options.Training.TokensAtOnce || i + threads >= held.Count)
                {
                    losses[thread] += network.Loss(pass, batch);
                    batch = new PackedBatch();
                }
            }
        });
        return losses.Sum() / held.Sequences.Sum(s => s.Targets.Length);
    }

    private void Write(TransformerNetwork network, GgufTensorData tensors, LoraShape? lora)
    {
        if (lora is not null)
        {
            LoraAdapterFile.Write(output, tensors.File, network.Parameters, lora, Path.GetFileNameWithoutExtension(output));
            return;
        }

        GgufWriter writer = GgufWriter.CopyOf(tensors.File);
        foreach (Parameter parameter in network.Parameters.Parameters)
        {
            GgmlType wanted = options.Type ?? tensors.File.Tensors.First(t => t.Name == parameter.Name).Type;
            TrainedTensors.Set(writer, parameter.Name, TrainedTensors.TypeFor(wanted, parameter), parameter.Shape, network.Parameters.Values.AsMemory(parameter.Offset, parameter.Count));
        }

        writer.Write(output);
    }

    private static string Fingerprint(ModelTrainingData data)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (TrainingSequence sequence in data.Sequences)
        {
            hash.AppendData(Encoding.ASCII.GetBytes(string.Join(',', sequence.Tokens)));
        }

        return $"data={Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8))}";
    }
}
