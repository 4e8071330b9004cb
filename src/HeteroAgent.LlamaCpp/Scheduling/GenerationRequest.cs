using System.Threading.Channels;

namespace HeteroAgent.LlamaCpp;

/// <summary>A request on its way through the scheduler. Its inputs are set before it is submitted; afterwards only the scheduler's thread changes it.</summary>
internal sealed class GenerationRequest
{
    private readonly Channel<GeneratedToken> _output = Channel.CreateUnbounded<GeneratedToken>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private readonly List<GeneratedToken> _held = [];
    private volatile bool _abandoned;
    private int _ended;

    internal GenerationRequest(int[] prompt, CancellationToken cancellationToken)
    {
        Tokens = [.. prompt];
        PromptLength = prompt.Length;
        CancellationToken = cancellationToken;
    }

    /// <summary>The prompt, and behind it what has been generated.</summary>
    internal List<int> Tokens { get; }

    internal int PromptLength { get; }

    internal CancellationToken CancellationToken { get; }

    /// <summary>Whether nobody waits for the answer any more.</summary>
    internal bool IsCancelled => _abandoned || CancellationToken.IsCancellationRequested;

    /// <summary>The most tokens to generate, or null for as many as the context holds.</summary>
    internal int? MaxTokens { get; init; }

    internal Sampler? Sampler { get; init; }

    internal ITokenConstraint? Constraint { get; init; }

    /// <summary>The adapter to decode with, or null for the base model alone.</summary>
    internal LlamaAdapter? Adapter { get; init; }

    internal StopSequences? Stops { get; init; }

    /// <summary>Sequences of tokens to score after the prompt instead of generating; see <see cref="ChoiceScores"/>.</summary>
    internal IReadOnlyList<int[]>? Choices { get; init; }

    /// <summary>The fewest tokens that must fit behind the prompt, at least 1.</summary>
    internal int ShortestAnswer => Math.Max(1, Choices is { Count: > 0 } choices ? choices.Max(c => c.Length) - 1 : Constraint is GrammarConstraint grammar ? grammar.Minimum : 1);

    /// <summary>How much the probability of a choice may be off where they are scored by their branches (see <see cref="ChoiceScoring"/>); null to score every token of every choice.</summary>
    internal double? ChoiceTolerance { get; init; }

    /// <summary>How far the scoring of <see cref="Choices"/> has come.</summary>
    internal ChoiceScoring? Scoring { get; set; }

    /// <summary>The token log-probabilities of each of <see cref="Choices"/>, in their order; of those that were left only the first ones.</summary>
    internal float[][]? ChoiceScores { get; set; }

    internal ChannelReader<GeneratedToken> Output => _output.Reader;

    internal GenerationFinish Finish { get; private set; }

    /// <summary>Prompt tokens that were found in the cache at the first admission.</summary>
    internal int CachedTokens
    {
        get;

        // A kept sequence may hold what this request was forced to write behind its prompt too.
        set => field = Math.Min(value, PromptLength - 1);
    }

    internal KvSequence? Sequence
    {
        get;
        set
        {
            field = value;
            IsGenerating = false;
        }
    }

    /// <summary>The index of this request's logits in the current batch, or -1.</summary>
    internal int OutputIndex { get; set; } = -1;

    /// <summary>Whether tokens of this request stand in the current batch.</summary>
    internal bool InBatch { get; set; }

    /// <summary>Whether this request had to give its cells back and waits to go on.</summary>
    internal bool Preempted { get; set; }

    /// <summary>The last step in which its adapter had the turn, or in which it was admitted.</summary>
    internal long LastTurn { get; set; }

    /// <summary>How urgent the request is.</summary>
    internal RequestPriority Priority { get; init; }

    /// <summary>The place in every queue, set when the request is submitted.</summary>
    internal QueueRank Rank { get; set; }

    /// <summary>When the request was submitted, as a timestamp of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    internal long SubmittedAt { get; set; }

    /// <summary>The key of what the prompt is decoded with, where prefixes are saved.</summary>
    internal byte[]? PrefixKey { get; set; }

    /// <summary>The saved prefix that agrees longest with the prompt.</summary>
    internal SavedPrefix? Saved { get; set; }

    /// <summary>The reading of <see cref="Saved"/>, once it was found to be worth it.</summary>
    internal Task<byte[]?>? Loading { get; set; }

    /// <summary>How many of the first tokens are worth saving when the request ends; 0 for none.</summary>
    internal int SaveLength { get; set; }

    /// <summary>Whether the host asked for the whole prompt to be saved.</summary>
    internal bool SavesPrefix { get; init; }

    /// <summary>The writing of the prefix, where there is one. Set before the request ends.</summary>
    internal Task? Saving { get; set; }

    /// <summary>Called once, before the reader learns that the request has ended.</summary>
    internal Action? Ended { get; set; }

    internal int Generated => Tokens.Count - PromptLength;

    /// <summary>Tokens still to be decoded before the next one can be sampled.</summary>
    internal int Pending => Tokens.Count - (Sequence?.Length ?? 0);

    internal bool IsPrefilling => Pending > 1 && !IsGenerating;

    /// <summary>Whether a token was sampled since the request was admitted: what is pending then was forced, and is no prompt.</summary>
    internal bool IsGenerating { get; set; }

    /// <summary>Whether tokens that <see cref="Constraint"/> leaves no choice about are written without asking the model.</summary>
    internal bool ForcesTokens { get; init; } = true;

    /// <summary>Whether likely tokens are decoded ahead of being sampled; null for under a constraint only.</summary>
    internal bool? DraftsTokens { get; init; }

    /// <summary>What was decoded ahead, and how that went.</summary>
    internal DraftState Draft { get; } = new();

    /// <summary>Tokens that were forced.</summary>
    internal int ForcedTokens { get; set; }

    /// <summary>Whether the reader wants each token as it comes; otherwise it is woken once, at the end, and takes no time from the threads that decode.</summary>
    internal bool IsStreamed { get; init; } = true;

    internal void Write(GeneratedToken token)
    {
        if (IsStreamed)
        {
            _output.Writer.TryWrite(token);
        }
        else
        {
            _held.Add(token);
        }
    }

    internal void Complete(GenerationFinish finish)
    {
        Finish = finish;
        _held.ForEach(token => _output.Writer.TryWrite(token));
        End();
        _output.Writer.TryComplete();
    }

    /// <summary>Ends the request at the next step; for a reader that stops reading.</summary>
    internal void Abandon() => _abandoned = true;

    internal void Fail(Exception error)
    {
        End();
        _output.Writer.TryComplete(error);
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            Ended?.Invoke();
        }
    }
}
