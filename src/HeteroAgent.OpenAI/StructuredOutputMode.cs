namespace HeteroAgent.OpenAI;

/// <summary>How a JSON Schema reaches the server.</summary>
public enum StructuredOutputMode
{
    /// <summary>As <c>response_format</c> of type <c>json_schema</c>: OpenAI, vLLM, llama-server, Ollama.</summary>
    JsonSchema,

    /// <summary>As text in a system message, with <c>response_format</c> of type <c>json_object</c>: DeepSeek and other servers that refuse <c>json_schema</c>. The server does not enforce the schema then.</summary>
    JsonObject,

    /// <summary>As text in a system message, without <c>response_format</c>: servers that know none. Nothing is enforced; a Markdown fence around the answer is taken off.</summary>
    Instructions,
}
