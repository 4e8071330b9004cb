using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

internal sealed partial class LlamaScheduler
{
    private const int LongestDraft = 12;

    private int _drafted;
    private readonly DraftAcceptance _tailAcceptance = new(0.9);

    // By how many bytes of what was written last agree with the prompt: up to 3, 7, 15, and more.
    private readonly DraftAcceptance[] _lookupAcceptance = [new(0.4), new(0.6), new(0.7), new(0.8)];

    /// <summary>What a drafted token costs.</summary>
    internal StepCost StepCost { get; } = new();

    /// <summary>Adds the tokens that probably follow, with logits behind each, as far as they are likely to pay.</summary>
    private void AddDraft(GenerationRequest request)
    {
        DraftState draft = request.Draft;
        KvSequence sequence = request.Sequence!;
        draft.Start = sequence.Length;
        if (!_partialRemoval || request.DraftsTokens == false)
        {
            return;
        }

        // Neither logits nor cells are taken from those that have a right to them.
        int most = Math.Min(LongestDraft, Remaining(request) - 1);
        most = Math.Min(most, Math.Min(_batch.Remaining, _limits.Outputs - _drafted) - _active.Count);
        most = Math.Min(most, _cells.Free - _active.Sum(r => Math.Max(r.Pending, 0)));
        foreach (int token in most > 0 ? Propose(request, most) : [])
        {
            int index = _batch.Add(token, sequence.Length, sequence.Id, output: true);
            sequence.Append(token, _cells);
            draft.Outputs.Add(index);
            _drafted++;
        }
    }

    private IEnumerable<int> Propose(GenerationRequest request, int most)
    {
        DraftState draft = request.Draft;
        if (draft.Tail.Count > 0)
        {
            draft.Source = _tailAcceptance;
            return draft.Tail.Take(Math.Min(most, WorthDrafting(_tailAcceptance)));
        }

        if (request.DraftsTokens != true && request.Constraint is null or { IsFree: true })
        {
            return [];
        }

        draft.Lookup ??= new PromptLookup(_model.TokenVocabulary);
        ReadOnlySpan<int> tokens = CollectionsMarshal.AsSpan(request.Tokens);
        ReadOnlySpan<byte> next = draft.Lookup.Find(tokens, out int matched);
        if (next.IsEmpty)
        {
            return [];
        }

        draft.Source = _lookupAcceptance[matched switch { < 4 => 0, < 8 => 1, < 16 => 2, _ => 3 }];
        most = Math.Min(most, WorthDrafting(draft.Source));
        return most > 0 ? Allowed(request, _model.CanonicalTokenizer.TryTokenize(tokens, next) ?? [], most) : [];
    }

    /// <summary>The longest draft of which even the last token repays its cost, when as many requests wait for each step as do now.</summary>
    private int WorthDrafting(DraftAcceptance acceptance)
    {
        double cost = StepCost.ExtraToken * _active.Count(r => r.Adapter == _adapter);
        int length = acceptance.Value >= 1 ? LongestDraft : cost >= 1 ? 0 : (int)(Math.Log(cost) / Math.Log(acceptance.Value));
        if (length == 0)
        {
            acceptance.Skip();
        }

        return length;
    }

    /// <summary>Tokens up to the first that the constraint refuses; the last one is left out, since the text that was looked up may have been cut inside it.</summary>
    private static List<int> Allowed(GenerationRequest request, int[] tokens, int most)
    {
        List<int> allowed = [];
        ITokenConstraint? constraint = request.Constraint?.Fork();
        if (constraint is null && request.Constraint is { IsFree: false })
        {
            return allowed;
        }

        int remaining = request.MaxTokens - request.Generated ?? int.MaxValue;
        for (int i = 0; i < Math.Min(tokens.Length - 1, most); i++)
        {
            if (constraint is not null && (constraint.MustEnd || !constraint.Accepts(tokens[i], remaining - i)))
            {
                break;
            }

            constraint?.Advance(tokens[i]);
            allowed.Add(tokens[i]);
        }

        return allowed;
    }

    /// <summary>The logits behind the last token where it was decoded ahead, or -1 where what was decoded ahead is another one.</summary>
    private static int NextOutput(GenerationRequest request)
    {
        DraftState draft = request.Draft;
        int position = request.Tokens.Count - 1;
        int i = position - draft.Start;
        if (i >= draft.Outputs.Count || request.Sequence!.CommonPrefix(CollectionsMarshal.AsSpan(request.Tokens)) <= position)
        {
            return -1;
        }

        return draft.Outputs[i];
    }

    /// <summary>Removes from the cache what was decoded ahead and is not what was sampled.</summary>
    private void RollBack(GenerationRequest request, bool ended)
    {
        DraftState draft = request.Draft;
        if (draft.Outputs.Count == 0)
        {
            return;
        }

        KvSequence sequence = request.Sequence!;
        int right = sequence.CommonPrefix(CollectionsMarshal.AsSpan(request.Tokens));
        int accepted = right - draft.Start;
        int rejected = draft.Outputs.Count - accepted;
        draft.Source!.Report(accepted, rejected > 0 && !ended);
        draft.TotalAccepted += accepted;
        draft.TotalRejected += rejected;
        draft.Clear();
        Truncate(sequence, right);
    }
}
