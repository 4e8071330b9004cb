using System.Runtime.InteropServices;
using System.Text;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>libllama's grammar samplers, one a schema, parsed at its first use and cloned for each answer.</summary>
/// <param name="model">The model whose vocabulary they read.</param>
/// <param name="texts">The grammars' texts.</param>
internal sealed unsafe class GrammarSamplers(LlamaModel model, GrammarTexts texts) : IDisposable
{
    private readonly Dictionary<string, nint> _parsed = [];
    private readonly nint _vocabulary = LlamaFunctions.llama_model_get_vocab(model.Handle);
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint> _parse = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint>)Export("llama_sampler_init_grammar");
    private readonly delegate* unmanaged[Cdecl]<nint, nint> _clone = (delegate* unmanaged[Cdecl]<nint, nint>)Export("llama_sampler_clone");
    private readonly delegate* unmanaged[Cdecl]<nint, void> _free = (delegate* unmanaged[Cdecl]<nint, void>)Export("llama_sampler_free");

    internal GrammarTexts Texts => texts;

    /// <exception cref="ContenderException">libllama refuses the grammar.</exception>
    internal GrammarSampler Create(Request request)
    {
        if (!_parsed.TryGetValue(request.SchemaKey, out nint sampler))
        {
            sampler = Parse(request);
            _parsed.Add(request.SchemaKey, sampler);
        }

        return new GrammarSampler(_clone(sampler), model.VocabularySize, _free);
    }

    public void Dispose()
    {
        foreach (nint sampler in _parsed.Values)
        {
            _free(sampler);
        }

        _parsed.Clear();
    }

    internal static nint Export(string name) => NativeLibrary.GetExport(LlamaRuntime.Current!.Llama, name);

    private nint Parse(Request request)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(texts.Text(request) + '\0'))
        fixed (byte* root = "root\0"u8)
        {
            nint sampler = _parse(_vocabulary, text, root);
            return sampler != 0 ? sampler : throw new ContenderException("libllama cannot parse the grammar.");
        }
    }
}
