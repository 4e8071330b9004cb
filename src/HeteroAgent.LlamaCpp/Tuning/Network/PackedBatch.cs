using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>Sequences one behind the other, none padded, with the positions whose outputs are wanted and what they should be.</summary>
internal sealed class PackedBatch
{
    private readonly List<int> _tokens = [];
    private readonly List<int> _positions = [];
    private readonly List<int> _starts = [0];
    private readonly List<int> _outputs = [];
    private readonly List<int> _targetStarts = [0];
    private readonly List<int> _targetTokens = [];
    private readonly List<float> _targetWeights = [];

    internal int TokenCount => _tokens.Count;

    internal int SequenceCount => _starts.Count - 1;

    /// <summary>The rows, one a token, whose outputs are wanted.</summary>
    internal ReadOnlySpan<int> Outputs => CollectionsMarshal.AsSpan(_outputs);

    internal ReadOnlySpan<int> Tokens => CollectionsMarshal.AsSpan(_tokens);

    internal ReadOnlySpan<int> Positions => CollectionsMarshal.AsSpan(_positions);

    internal (int Start, int Length) Sequence(int index) => (_starts[index], _starts[index + 1] - _starts[index]);

    /// <summary>Begins a sequence with its tokens; outputs that follow belong to it.</summary>
    internal void AddSequence(ReadOnlySpan<int> tokens)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            _tokens.Add(tokens[i]);
            _positions.Add(i);
        }

        _starts.Add(_tokens.Count);
    }

    /// <summary>Wants the output at a position of the newest sequence, without a target.</summary>
    internal void AddOutput(int position)
    {
        _outputs.Add(_starts[^2] + position);
        _targetStarts.Add(_targetTokens.Count);
    }

    /// <summary>Wants one token at a position of the newest sequence.</summary>
    internal void AddTarget(int position, int token)
    {
        _targetTokens.Add(token);
        _targetWeights.Add(1);
        AddOutput(position);
    }

    /// <summary>Wants a distribution over some tokens at a position of the newest sequence; its weights should add up to one.</summary>
    internal void AddTarget(int position, ReadOnlySpan<int> tokens, ReadOnlySpan<float> weights)
    {
        _targetTokens.AddRange(tokens);
        _targetWeights.AddRange(weights);
        AddOutput(position);
    }

    /// <summary>The tokens wanted at an output.</summary>
    internal ReadOnlySpan<int> TargetTokens(int output) =>
        CollectionsMarshal.AsSpan(_targetTokens)[_targetStarts[output].._targetStarts[output + 1]];

    internal ReadOnlySpan<float> TargetWeights(int output) =>
        CollectionsMarshal.AsSpan(_targetWeights)[_targetStarts[output].._targetStarts[output + 1]];
}
