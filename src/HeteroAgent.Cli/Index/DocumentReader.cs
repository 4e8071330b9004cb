using System.Text;
using System.Text.Json;

namespace HeteroAgent.Cli;

/// <summary>Reads documents from text, Markdown, JSON and JSON lines.</summary>
internal sealed class DocumentReader
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly List<(string File, string Id)> _files = [];
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);

    internal DocumentReader(IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            if (Directory.Exists(path))
            {
                foreach (string file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                {
                    if (IsKnown(file))
                    {
                        _files.Add((file, Path.GetRelativePath(path, file).Replace('\\', '/')));
                    }
                    else
                    {
                        Skipped++;
                    }
                }
            }
            else if (!File.Exists(path))
            {
                throw new FileNotFoundException($"There is no file or folder '{path}'.", path);
            }
            else
            {
                _files.Add(IsKnown(path) ? (path, Path.GetFileName(path)) : throw new DocumentException($"'{path}' is no .txt, .md, .json or .jsonl file."));
            }
        }
    }

    internal int Count => _ids.Count;

    internal int Skipped { get; }

    /// <summary>The documents, one by one; what cannot be read ends it, and what came before stays added.</summary>
    internal IEnumerable<SourceDocument> Read()
    {
        foreach ((string file, string id) in _files)
        {
            foreach ((SourceDocument document, string place) in ReadFile(file, id))
            {
                if (!_ids.TryAdd(document.Id, place))
                {
                    throw new DocumentException($"{place} has the id '{document.Id}', which {_ids[document.Id]} has too. Every document needs an id of its own.");
                }

                yield return document;
            }
        }
    }

    private static IEnumerable<(SourceDocument Document, string Place)> ReadFile(string file, string id)
    {
        string text;
        try
        {
            text = Strict.GetString(File.ReadAllBytes(file)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw new DocumentException($"'{file}' is not UTF-8 text.");
        }

        switch (Path.GetExtension(file).ToLowerInvariant())
        {
            case ".json":
                foreach ((SourceDocument, string) document in ReadJson(text, id, $"'{file}'"))
                {
                    yield return document;
                }

                break;
            case ".jsonl":
                int number = 0;
                foreach (string line in text.Split('\n'))
                {
                    number++;
                    if (!string.IsNullOrWhiteSpace(line))
                    {
                        foreach ((SourceDocument, string) document in ReadJson(line, $"{id}#{number}", $"'{file}' line {number}"))
                        {
                            yield return document;
                        }
                    }
                }

                break;
            default:
                yield return (new SourceDocument(id, Title(text) ?? Path.GetFileNameWithoutExtension(file), text), $"'{file}'");
                break;
        }
    }

    private static IEnumerable<(SourceDocument Document, string Place)> ReadJson(string json, string id, string place)
    {
        JsonDocument parsed;
        try
        {
            parsed = JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw new DocumentException($"{place} is no JSON: {e.Message}");
        }

        using (parsed)
        {
            if (parsed.RootElement.ValueKind != JsonValueKind.Array)
            {
                yield return (FromJson(parsed.RootElement, id, place), place);
                yield break;
            }

            int index = 0;
            foreach (JsonElement element in parsed.RootElement.EnumerateArray())
            {
                string at = $"{place} [{index}]";
                yield return (FromJson(element, $"{id}#{index}", at), at);
                index++;
            }
        }
    }

    private static SourceDocument FromJson(JsonElement element, string id, string place)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new DocumentException($"{place} is no JSON object: expected {{\"id\", \"title\", \"text\" or \"content\"}}.");
        }

        string text = Member(element, "text", place) ?? Member(element, "content", place) ?? throw new DocumentException($"{place} has neither \"text\" nor \"content\".");
        string? url = Member(element, "url", place);
        return new SourceDocument(Member(element, "id", place) is { Length: > 0 } own ? own : id, Member(element, "title", place) ?? "", text)
        {
            Url = url is null ? null : Uri.TryCreate(url, UriKind.RelativeOrAbsolute, out Uri? address) ? address : throw new DocumentException($"{place} has the \"url\" '{url}', which is none."),
        };
    }

    private static string? Member(JsonElement element, string name, string place) => !element.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : value.ValueKind == JsonValueKind.Number && name == "id" ? value.GetRawText()
        : throw new DocumentException($"{place}: \"{name}\" is no string.");

    /// <summary>The first line of a Markdown text that is a heading of the first level.</summary>
    private static string? Title(string text) =>
        text.AsSpan().TrimStart() is var start && start.StartsWith("# ", StringComparison.Ordinal) ? start[2..(start.IndexOf('\n') is var end && end < 0 ? start.Length : end)].Trim().ToString() : null;

    private static bool IsKnown(string file) => Path.GetExtension(file).ToLowerInvariant() is ".txt" or ".md" or ".json" or ".jsonl";
}
