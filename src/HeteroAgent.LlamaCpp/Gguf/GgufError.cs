namespace HeteroAgent.LlamaCpp;

/// <summary>What is wrong with a file that was to be read as GGUF.</summary>
public enum GgufError
{
    /// <summary>The file does not start with the four bytes <c>GGUF</c>, or is no regular file.</summary>
    NotGguf,

    /// <summary>The file is GGUF in big-endian byte order.</summary>
    UnsupportedByteOrder,

    /// <summary>The file is GGUF, in a version other than 2 and 3.</summary>
    UnsupportedVersion,

    /// <summary>The file ends before what its own header announces.</summary>
    Truncated,

    /// <summary>The file breaks a rule of the format: a count, a length, a type, a name, an offset.</summary>
    Malformed,

    /// <summary>A tensor has a type that is unknown, removed from the format, or cannot serve as a weight.</summary>
    UnsupportedTensorType,

    /// <summary>The file's architecture is unknown to the bundled llama.cpp.</summary>
    UnsupportedArchitecture,

    /// <summary>The file is well formed but is no whole model: a vocabulary, an adapter, a projector, or a shard whose siblings are not there.</summary>
    NotAModel,

    /// <summary>The file is well formed, but its metadata and tensors contradict each other or the architecture.</summary>
    Incoherent,
}
