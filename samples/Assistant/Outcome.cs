using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assistant;

/// <summary>What became of one request.</summary>
internal sealed record Outcome(LabeledRequest Request, ToolCall? Local, bool LocalIsValid, double Confidence, string Route, string? Reason, ToolCall? Final, double Milliseconds, double LocalSeconds, long LocalTokens)
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public bool ToolIsRight => Local?.Tool == Request.Gold.Tool;

    public bool LocalIsExact => Request.Gold.IsExactly(Local);

    public bool FinalIsExact => Request.Gold.IsExactly(Final);

    public string ToJsonLine() => new JsonObject
    {
        ["request"] = Request.Request,
        ["gold"] = Request.Gold.ToJson(),
        ["local_call"] = Local?.ToJson(),
        ["confidence"] = Confidence,
        ["route"] = Route,
        ["milliseconds"] = Math.Round(Milliseconds, 3),
        ["reason"] = Reason,
        ["final_call"] = Final?.ToJson(),
    }.ToJsonString(Readable);
}
