using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Docs.Tests;

/// <summary>The code of docs/gguf.md.</summary>
internal static class GgufSnippets
{
    public static void Write()
    {
        #region write
        GgufFile model = GgufFile.Read("model.gguf");
        GgufWriter.CopyOf(model)
            .Set("general.name", "triage 2")
            .Remove("tokenizer.chat_template")
            .Write("copy.gguf");
        #endregion
    }

    public static void Merge(GgufFile model)
    {
        #region merge
        LoraMerge.Write(model, LoraAdapterFile.Read("adapter.gguf"), "merged.gguf");                  // stored as the base is
        LoraMerge.Write(model, LoraAdapterFile.Read("adapter.gguf"), "merged.gguf", GgmlType.Q8_0);   // or smaller
        #endregion
    }

    public static async Task QuantizeAsync()
    {
        #region quantize
        await ModelQuantizer.QuantizeAsync("f32.gguf", "q8.gguf", "Q8_0");
        #endregion
    }
}
