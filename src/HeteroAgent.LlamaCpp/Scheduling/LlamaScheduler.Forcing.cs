using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

internal sealed partial class LlamaScheduler
{
    /// <summary>Appends the tokens that the constraint leaves no choice about; they are decoded together with whatever follows them.</summary>
    private GenerationFinish Force(GenerationRequest request)
    {
        request.Draft.Tail = [];
        if (!request.ForcesTokens || request.Constraint is not { } constraint)
        {
            return GenerationFinish.None;
        }

        ForcedRun run = ForcedRun.Read(constraint, CollectionsMarshal.AsSpan(request.Tokens), _model.TokenVocabulary, _model.CanonicalTokenizer);
        foreach (int token in run.Tokens)
        {
            request.ForcedTokens++;
            if (Take(request, token, 0, forced: true) is not GenerationFinish.None and GenerationFinish finish)
            {
                return finish;
            }
        }

        request.Draft.Tail = run.Tail;
        return GenerationFinish.None;
    }
}
