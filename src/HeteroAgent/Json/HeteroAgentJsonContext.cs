using System.Text.Json;
using System.Text.Json.Serialization;

namespace HeteroAgent;

/// <summary>The serializers of the records. They read strictly: what is required must be there, and null stands only where it may.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Confidence))]
[JsonSerializable(typeof(EscalationRecord))]
[JsonSerializable(typeof(LogprobRecord))]
[JsonSerializable(typeof(RetrievalRecord))]
[JsonSerializable(typeof(VerificationRecord))]
internal sealed partial class HeteroAgentJsonContext : JsonSerializerContext;
