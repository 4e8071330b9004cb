using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>Greedy choice under libllama's grammar, as llama.cpp's own programs do it: the likeliest token is tried first, and only where the grammar refuses it are all tokens looked at.</summary>
internal sealed unsafe class GrammarSampler : IDisposable
{
    private readonly nint _sampler;
    private readonly Candidate* _candidates;
    private readonly delegate* unmanaged[Cdecl]<nint, void> _free;
    private readonly delegate* unmanaged[Cdecl]<nint, CandidateArray*, void> _apply = (delegate* unmanaged[Cdecl]<nint, CandidateArray*, void>)GrammarSamplers.Export("llama_sampler_apply");
    private readonly delegate* unmanaged[Cdecl]<nint, int, void> _accept = (delegate* unmanaged[Cdecl]<nint, int, void>)GrammarSamplers.Export("llama_sampler_accept");

    internal GrammarSampler(nint sampler, int vocabularySize, delegate* unmanaged[Cdecl]<nint, void> free)
    {
        _sampler = sampler;
        _free = free;
        _candidates = (Candidate*)NativeMemory.Alloc((nuint)vocabularySize, (nuint)sizeof(Candidate));
    }

    /// <summary>The likeliest token that the grammar allows.</summary>
    internal int Pick(ReadOnlySpan<float> logits)
    {
        int likeliest = TensorPrimitives.IndexOfMax(logits);
        _candidates[0] = new Candidate { Token = likeliest, Logit = logits[likeliest] };
        Apply(1);
        if (!float.IsNegativeInfinity(_candidates[0].Logit))
        {
            return likeliest;
        }

        for (int i = 0; i < logits.Length; i++)
        {
            _candidates[i] = new Candidate { Token = i, Logit = logits[i] };
        }

        Apply(logits.Length);
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            best = _candidates[i].Logit > _candidates[best].Logit ? i : best;
        }

        return !float.IsNegativeInfinity(_candidates[best].Logit) ? _candidates[best].Token : throw new ContenderException("libllama's grammar allows no token.");
    }

    /// <summary>Goes on behind a token that <see cref="Pick"/> has chosen.</summary>
    internal void Accept(int token) => _accept(_sampler, token);

    public void Dispose()
    {
        _free(_sampler);
        NativeMemory.Free(_candidates);
    }

    private void Apply(int count)
    {
        CandidateArray array = new() { Data = _candidates, Size = (nuint)count, Selected = -1 };
        _apply(_sampler, &array);
    }

    /// <summary><c>llama_token_data</c>, whose third field, a probability, is not used here.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 12)]
    private struct Candidate
    {
        internal int Token;
        internal float Logit;
    }

    /// <summary><c>llama_token_data_array</c>.</summary>
    private struct CandidateArray
    {
        internal Candidate* Data;
        internal nuint Size;
        internal long Selected;
        internal byte Sorted;
    }
}
