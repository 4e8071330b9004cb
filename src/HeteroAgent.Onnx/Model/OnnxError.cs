namespace HeteroAgent.Onnx;

/// <summary>The kinds of fault that an <see cref="OnnxException"/> reports.</summary>
public enum OnnxError
{
    /// <summary>ONNX Runtime's native library is not there or cannot be loaded.</summary>
    RuntimeMissing,

    /// <summary>The execution provider is not part of the native library that is loaded.</summary>
    ProviderMissing,

    /// <summary>The bytes are no ONNX model at all.</summary>
    NotAModel,

    /// <summary>The bytes start like an ONNX model and end or break too early, or ONNX Runtime refuses them.</summary>
    Damaged,

    /// <summary>The model lacks metadata that is needed, or has other inputs or outputs than are needed.</summary>
    Foreign,

    /// <summary>An input or output of that name does not exist, or an input is missing.</summary>
    Name,

    /// <summary>An input has another element type than the model asks for.</summary>
    ElementType,

    /// <summary>An input has another shape than the model asks for.</summary>
    Shape,

    /// <summary>ONNX Runtime failed while it ran the model.</summary>
    Run,
}
