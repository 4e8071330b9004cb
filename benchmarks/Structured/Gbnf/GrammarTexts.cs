using System.Text.Json.Nodes;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>The GBNF of each schema: by llama.cpp's rules, or, where these are not enough, node-llama-cpp's own text.</summary>
/// <param name="node">The peer, or null.</param>
internal sealed class GrammarTexts(NodeProcess? node)
{
    private readonly Dictionary<string, string> _texts = [];
    private readonly HashSet<string> _borrowed = [];

    /// <summary>Whether the text of a schema is node-llama-cpp's.</summary>
    internal bool IsBorrowed(Request request) => _borrowed.Contains(request.SchemaKey);

    /// <summary>The text of a schema that is prepared.</summary>
    internal string Text(Request request) => _texts[request.SchemaKey];

    /// <exception cref="ContenderException">Neither can write the schema.</exception>
    internal async Task PrepareAsync(Request request)
    {
        if (_texts.ContainsKey(request.SchemaKey))
        {
            return;
        }

        try
        {
            _texts[request.SchemaKey] = GbnfConverter.Convert(request.Case.Schema);
        }
        catch (ContenderException) when (node is not null)
        {
            JsonObject answer = await node.AskAsync(new JsonObject { ["op"] = "gbnf", ["schema"] = JsonNode.Parse(request.SchemaKey) }).ConfigureAwait(false);

            // It ends with line breaks without end, at which node-llama-cpp itself stops: here the document's end is the end.
            _texts[request.SchemaKey] = ((string)answer["gbnf"]!).Replace(""" "\n\n\n\n" [\n]*""", "", StringComparison.Ordinal);
            _borrowed.Add(request.SchemaKey);
        }
    }
}
