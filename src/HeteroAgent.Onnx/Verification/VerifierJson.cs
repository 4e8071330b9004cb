using System.Text.Json.Serialization;

namespace HeteroAgent.Onnx;

/// <summary>How a verifier's properties are serialised, without reflection.</summary>
[JsonSerializable(typeof(SortedDictionary<string, double>))]
internal sealed partial class VerifierJson : JsonSerializerContext;
