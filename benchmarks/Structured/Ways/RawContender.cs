using System.Diagnostics;
using System.Text;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>The raw greedy loop over libllama, with its own grammar sampler or without a grammar. What it keeps of a prompt are the prompt's cells.</summary>
internal sealed class RawContender : IContender
{
    internal const string Plain = "raw";
    internal const string Grammar = "gbnf";

    private readonly LlamaModel _model;
    private readonly RawContext _context;
    private readonly GrammarSamplers? _grammars;

    /// <param name="model">The weights, which stay the caller's.</param>
    /// <param name="threads">The threads.</param>
    /// <param name="grammars">The grammars to obey, which become this object's; none for the plain loop.</param>
    internal RawContender(LlamaModel model, int threads, GrammarSamplers? grammars)
    {
        _model = model;
        _context = new RawContext(model, threads);
        _grammars = grammars;
    }

    public string Name => _grammars is null ? Plain : Grammar;

    public Task PrepareAsync(Request request) => _grammars?.Texts.PrepareAsync(request) ?? Task.CompletedTask;

    public Task<Answer> AnswerAsync(Request request, bool cold) => Task.FromResult(Answer(request, cold));

    public ValueTask DisposeAsync()
    {
        _context.Dispose();
        _grammars?.Dispose();
        return ValueTask.CompletedTask;
    }

    private Answer Answer(Request request, bool cold)
    {
        // The last token is decoded again, since its logits are gone.
        int cached = cold ? 0 : request.Prompt.Count - 1;
        List<byte> output = [];
        long start = Stopwatch.GetTimestamp();
        using GrammarSampler? grammar = _grammars?.Create(request);
        if (cold)
        {
            _context.Clear();
        }
        else
        {
            _context.Truncate(0, cached);
        }

        int index = _context.Decode(request.Prompt, cached, sequence: 0);
        int generated = 0;
        while (true)
        {
            int token = grammar?.Pick(_context.Logits(index)) ?? _context.Greedy(index);
            generated++;
            if (_model.Vocabulary.IsEndOfGeneration(token))
            {
                break;
            }

            output.AddRange(_model.Vocabulary.Piece(token));
            if (generated == request.MaxTokens)
            {
                break;
            }

            grammar?.Accept(token);
            index = _context.Add(token, request.Prompt.Count + generated - 1, 0, output: true);
            _context.Decode();
        }

        string text = Encoding.UTF8.GetString([.. output]);
        return new Answer(Stopwatch.GetElapsedTime(start).TotalMilliseconds, cached, new TokenCounts(generated), text);
    }
}
