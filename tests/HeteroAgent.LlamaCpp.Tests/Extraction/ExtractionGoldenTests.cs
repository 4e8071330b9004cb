using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>A model that PyTorch trained against what PyTorch answers for the 700 validation requests.</summary>
internal sealed class ExtractionGoldenTests
{
    private const int Agreeing = 695;
    private IReadOnlyList<GoldenCall> _golden = [];
    private string _path = null!;
    private ExtractiveModel _model = null!;

    [OneTimeSetUp]
    public async Task Load()
    {
        _path = SharedData.Require("models", "starter", "snips.gguf");
        _golden = GoldenCall.Load();
        _model = await ExtractiveModel.LoadAsync(_path);
    }

    [OneTimeTearDown]
    public void Unload() => _model?.Dispose();

    [Test]
    public void Token_ids_are_the_same_for_every_request() =>
        Assert.That(_golden.Where(g => !_model.Encode(g.Request, 0).Tokens.SequenceEqual(g.Ids)).Select(g => g.Request), Is.Empty);

    [Test]
    public async Task Calls_one_at_a_time_agree()
    {
        int agree = 0;
        double largest = 0;
        foreach (GoldenCall golden in _golden)
        {
            Extraction call = await _model.ExtractAsync(golden.Request);
            bool same = GoldenCall.Write(call) == golden.Predicted;
            agree += same ? 1 : 0;
            largest = same ? Math.Max(largest, Math.Abs(call.Logprob - golden.Logprob)) : largest;
        }

        Assert.Multiple(() =>
        {
            Assert.That(agree, Is.GreaterThanOrEqualTo(Agreeing));
            Assert.That(largest, Is.LessThan(0.5), "the weights are quantised, the golden ones are not");
        });
    }

    [Test]
    public async Task Calls_in_batches_agree_and_are_those_of_single_requests()
    {
        int agree = 0;
        foreach (GoldenCall[] chunk in _golden.Chunk(32))
        {
            Extraction[] together = await _model.ExtractAsync([.. chunk.Select(g => g.Request)]);
            agree += together.Zip(chunk).Count(p => GoldenCall.Write(p.First) == p.Second.Predicted);
            foreach (Extraction one in together.Where((_, i) => i % 4 == 0))
            {
                Extraction alone = await _model.ExtractAsync(one.Request);
                Assert.That(one.Logprob, Is.EqualTo(alone.Logprob).Within(0.02));
                Assert.That(GoldenCall.Write(one), Is.EqualTo(GoldenCall.Write(alone)));
            }
        }

        Assert.That(agree, Is.GreaterThanOrEqualTo(Agreeing));
    }

    [Test]
    public async Task A_model_averaged_with_itself_says_the_same()
    {
        using ExtractiveModel twice = await ExtractiveModel.LoadAsync([_path, _path]);
        foreach (GoldenCall golden in _golden.Where((_, i) => i % 20 == 0))
        {
            Extraction averaged = await twice.ExtractAsync(golden.Request);
            Extraction alone = await _model.ExtractAsync(golden.Request);
            Assert.That(GoldenCall.Write(averaged), Is.EqualTo(GoldenCall.Write(alone)));
            Assert.That(averaged.Logprob, Is.EqualTo(alone.Logprob).Within(1e-3));
            Assert.That(averaged.InputTokens, Is.EqualTo(2 * alone.InputTokens));
        }
    }

    [Test]
    public async Task Spans_stand_in_the_request()
    {
        foreach (Extraction call in await _model.ExtractAsync([.. _golden.Select(g => g.Request)]))
        {
            Assert.That(call.Spans.Select(s => call.Request.Substring(s.Start, s.Length)), Is.EqualTo(call.Spans.Select(s => s.Value)));
            Assert.That(call.Spans.Select(s => s.Slot), Is.SubsetOf(_model.Tools.Single(t => t.Name == call.Tool).Slots).And.Unique);
            Assert.That(call.Confidence.Probability, Is.EqualTo(Math.Exp(call.Logprob)).Within(1e-12));
        }
    }
}
