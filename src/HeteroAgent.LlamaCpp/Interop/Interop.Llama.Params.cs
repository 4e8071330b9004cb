using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

internal static partial class Interop
{
    /// <summary><c>llama_model_params</c>, 80 bytes on 64-bit systems.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct LlamaModelParams
    {
        internal nint Devices;
        internal nint TensorBuftOverrides;
        internal int NGpuLayers;
        internal int SplitMode;
        internal int LoadMode;
        internal int LazyMode;
        internal int MainGpu;
        internal nint TensorSplit;
        internal delegate* unmanaged[Cdecl]<float, nint, byte> ProgressCallback;
        internal nint ProgressCallbackUserData;
        internal nint KvOverrides;
        internal byte VocabOnly;
        internal byte CheckTensors;
        internal byte UseExtraBufts;
        internal byte NoHost;
        internal byte NoAlloc;
        internal byte LoadMtp;
    }

    /// <summary><c>llama_context_params</c>, 160 bytes on 64-bit systems.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct LlamaContextParams
    {
        internal uint NCtx;
        internal uint NBatch;
        internal uint NUbatch;
        internal uint NSeqMax;
        internal uint NRsSeq;
        internal uint NOutputsMax;
        internal uint NOutputsMaxPerSeq;
        internal int NThreads;
        internal int NThreadsBatch;
        internal int CtxType;
        internal int RopeScalingType;
        internal int PoolingType;
        internal int AttentionType;
        internal int FlashAttnType;
        internal float RopeFreqBase;
        internal float RopeFreqScale;
        internal float YarnExtFactor;
        internal float YarnAttnFactor;
        internal float YarnBetaFast;
        internal float YarnBetaSlow;
        internal uint YarnOrigCtx;
        internal float DefragThold;
        internal nint CbEval;
        internal nint CbEvalUserData;
        internal int TypeK;
        internal int TypeV;
        internal delegate* unmanaged[Cdecl]<nint, byte> AbortCallback;
        internal nint AbortCallbackData;
        internal byte Embeddings;
        internal byte OffloadKqv;
        internal byte NoPerf;
        internal byte OpOffload;
        internal byte SwaFull;
        internal byte KvUnified;
        internal nint Samplers;
        internal nuint NSamplers;
        internal nint CtxOther;
    }

    /// <summary><c>llama_model_quantize_params</c>, 64 bytes on 64-bit systems; passed by address.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct LlamaModelQuantizeParams
    {
        internal int NThread;
        internal int Ftype;
        internal int OutputTensorType;
        internal int TokenEmbeddingType;
        internal byte AllowRequantize;
        internal byte QuantizeOutputTensor;
        internal byte OnlyCopy;
        internal byte Pure;
        internal byte KeepSplit;
        internal byte DryRun;
        internal nint Imatrix;
        internal nint KvOverrides;
        internal nint TensorTypes;
        internal nint PruneLayers;

        // Left as the library sets it.
        internal long Further;
    }

    /// <summary><c>llama_batch</c>: parallel arrays of <see cref="NTokens"/> entries.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct LlamaBatch
    {
        internal int NTokens;
        internal int* Token;
        internal float* Embd;
        internal int* Pos;
        internal int* NSeqId;
        internal int** SeqId;
        internal sbyte* Logits;
    }

    /// <summary><c>llama_chat_message</c>: two NUL-terminated UTF-8 strings.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct LlamaChatMessage
    {
        internal byte* Role;
        internal byte* Content;
    }
}
