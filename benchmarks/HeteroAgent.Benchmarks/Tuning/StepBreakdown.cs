using System.Numerics.Tensors;
using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks;

/// <summary>Where a step's time goes on one thread: each part by itself, in the shapes and as often as a step has it, beside the whole step, in processor time.</summary>
internal sealed unsafe class StepBreakdown
{
    private const int Rounds = 15;
    private readonly TransformerShape _shape;
    private readonly ParameterSet _parameters;
    private readonly NetworkPass _pass;
    private readonly PackedBatch _batch = new();
    private readonly Dictionary<string, Parameter> _byName;
    private readonly float[] _room = GC.AllocateArray<float>(16 << 20, pinned: true);
    private int _used;

    internal StepBreakdown(TransformerShape shape, TransformerNetwork network, TrainingSequence[] step)
    {
        _shape = shape;
        _parameters = network.Parameters;
        _pass = new NetworkPass(_parameters, _parameters.Values, withGradient: true);
        _byName = _parameters.Parameters.ToDictionary(p => p.Name);
        foreach (TrainingSequence sequence in step)
        {
            sequence.AddTo(_batch);
        }

        Whole = () => network.LossAndGradient(_pass, _batch, 1f / _batch.Outputs.Length);
    }

    private Action Whole { get; }

    private int Tokens => _batch.TokenCount;

    internal JsonObject Measure()
    {
        (string Name, Action Run)[] parts =
        [
            ("linear_layers", Linear()),
            ("attention", Attention()),
            ("norms", Norms()),
            ("rotary", Rotary()),
            ("activation", Activation()),
            ("output_and_softmax", Head()),
            ("embedding", Embedding()),
            ("loss_and_gradient", Whole),
            ("clear_norm_and_adamw", Optimizer()),
        ];
        double[][] times = [.. parts.Select(_ => new double[Rounds])];
        for (int round = -2; round < Rounds; round++)
        {
            for (int p = 0; p < parts.Length; p++)
            {
                Sample.Clock clock = Sample.Clock.Start();
                parts[p].Run();
                if (round >= 0)
                {
                    times[p][round] = clock.Stop(1).CpuSeconds * 1e6;
                }
            }
        }

        // Processor time, so that what other processes take is not in it.
        double[] middle = [.. times.Select(t => t.Order().ElementAt(Rounds / 2))];
        double whole = middle[7] + middle[8];
        JsonObject shares = new() { ["tokens"] = Tokens, ["outputs"] = _batch.Outputs.Length, ["step_us"] = Math.Round(whole) };
        for (int p = 0; p < parts.Length; p++)
        {
            if (p != 7)
            {
                shares[parts[p].Name] = new JsonObject { ["us"] = Math.Round(middle[p]), ["share"] = Math.Round(middle[p] / whole, 4) };
            }
        }

        double rest = middle[7] - middle[..7].Sum();
        shares["copies_and_the_rest"] = new JsonObject { ["us"] = Math.Round(rest), ["share"] = Math.Round(rest / whole, 4) };
        shares["linear_layers_gflops"] = Math.Round(6e-3 * _shape.MatrixParameters * Tokens / middle[0], 1);
        return shares;
    }

    private Action Linear()
    {
        float* x = Take(Math.Max(_shape.Width, _shape.FeedForward));
        float* y = Take(Math.Max(_shape.Width, _shape.FeedForward));
        float* dx = Take(Math.Max(_shape.Width, _shape.FeedForward));
        LinearLayer[] layers = [.. Enumerable.Range(0, _shape.Layers).SelectMany(l => LoraOptions.KnownTargets.Select(t => new LinearLayer(new TrainedMatrix(_byName[$"blk.{l}.{t}.weight"]))))];
        return () =>
        {
            foreach (LinearLayer layer in layers)
            {
                layer.Forward(_pass, x, y, Tokens);
                layer.Backward(_pass, x, y, dx, Tokens);
            }
        };
    }

    private Action Attention()
    {
        AttentionLayer attention = new(_shape.Heads, _shape.KeyValueHeads, _shape.HeadSize, _shape.Causal);
        float*[] vectors = new float*[8];
        for (int i = 0; i < vectors.Length; i++)
        {
            vectors[i] = Take(_shape.Width);
        }

        return () =>
        {
            for (int l = 0; l < _shape.Layers; l++)
            {
                attention.Forward(_pass, vectors[0], vectors[1], vectors[2], vectors[3], _batch);
                attention.Backward(_pass, vectors[0], vectors[1], vectors[2], vectors[4], vectors[5], vectors[6], vectors[7], _batch);
            }
        };
    }

    private Action Norms()
    {
        RmsNorm norm = new(new WeightVector(_byName["blk.0.attn_norm.weight"]), _shape.NormEpsilon);
        (nint x, nint y) = ((nint)Take(_shape.Width), (nint)Take(_shape.Width));
        return () =>
        {
            for (int l = 0; l < 2 * _shape.Layers; l++)
            {
                // The backward pass computes the norm again.
                norm.Forward(_pass, (float*)x, (float*)y, Tokens);
                norm.Forward(_pass, (float*)x, (float*)y, Tokens);
                norm.Backward(_pass, (float*)x, (float*)y, (float*)y, Tokens);
            }
        };
    }

    private Action Rotary()
    {
        RotaryEmbedding rotary = new(_shape.HeadSize, _shape.HeadSize, _shape.RotaryBase, _shape.RotatesNeighbours, _shape.ContextLength);
        nint x = (nint)Take(_shape.Width);
        return () =>
        {
            for (int l = 0; l < 4 * _shape.Layers; l++)
            {
                rotary.Rotate((float*)x, _shape.Heads, _batch.Positions, backwards: l % 2 == 1);
            }
        };
    }

    private Action Activation()
    {
        (nint a, nint b, nint c, nint d, nint s) = ((nint)Take(_shape.FeedForward), (nint)Take(_shape.FeedForward), (nint)Take(_shape.FeedForward), (nint)Take(_shape.FeedForward), (nint)Take(_shape.FeedForward));
        int count = Tokens * _shape.FeedForward;
        return () =>
        {
            for (int l = 0; l < _shape.Layers; l++)
            {
                SwiGlu.Forward((float*)a, (float*)b, (float*)c, count);
                SwiGlu.Forward((float*)a, (float*)b, (float*)s, (float*)c, count);
                SwiGlu.Backward((float*)a, (float*)b, (float*)s, (float*)c, (float*)d, count);
            }
        };
    }

    private Action Head()
    {
        OutputHead head = new(new RmsNorm(new WeightVector(_byName["output_norm.weight"]), _shape.NormEpsilon), new TrainedMatrix(_byName["output.weight"]));
        (nint x, nint dx) = ((nint)Take(_shape.Width), (nint)Take(_shape.Width));
        return () => head.Loss(_pass, (float*)x, _batch, 1f / _batch.Outputs.Length, (float*)dx);
    }

    private Action Embedding()
    {
        EmbeddingTable table = new(new TrainedMatrix(_byName["token_embd.weight"]));
        nint x = (nint)Take(_shape.Width);
        return () =>
        {
            table.Forward(_pass, _batch, (float*)x);
            table.Backward(_pass, _batch, (float*)x);
        };
    }

    private Action Optimizer()
    {
        AdamW optimizer = new(_parameters, 0.9f, 0.999f, 1e-8f, 0);
        int step = 0;
        return () =>
        {
            float norm = MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(_pass.Gradients));
            optimizer.Step(_pass.Gradients, float.IsFinite(norm) ? 1e-9f / (1 + norm) : 0, 1e-9f, ++step, 0, _parameters.Count);
            _pass.Gradients.AsSpan().Clear();
        };
    }

    /// <summary>Room for so many numbers a token, filled with small ones.</summary>
    private float* Take(int width)
    {
        int count = ((Tokens * width) + 15) & ~15;
        Random random = new(_used);
        foreach (ref float value in _room.AsSpan(_used, count))
        {
            value = (float)(random.NextDouble() - 0.5);
        }

        float* taken = (float*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_room, _used);
        _used += count;
        return taken;
    }
}
