using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>A schema document: its places, the names that <c>$id</c> and <c>$anchor</c> give them, and what references lead to.</summary>
internal sealed class SchemaDocument
{
    private const string NoBase = "";
    private const int MaxDepth = 256;

    private readonly Dictionary<string, SchemaSite> _sites = new(StringComparer.Ordinal);
    private readonly List<SchemaSite> _all = [];
    private readonly Dictionary<string, Resource> _resources = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Resource> _resourceOf = new(StringComparer.Ordinal);
    private readonly Dictionary<(Resource Resource, string Name), string> _anchors = [];
    private readonly HashSet<string> _dynamicAnchors = new(StringComparer.Ordinal);
    private readonly JsonElement _root;

    /// <summary>Reads the names in a document.</summary>
    /// <param name="root">The schema.</param>
    /// <param name="dialect">The dialect where <c>$schema</c> does not say it.</param>
    /// <exception cref="JsonSchemaException">The dialect is not known, or names contradict each other.</exception>
    public SchemaDocument(JsonElement root, SchemaDialect dialect = SchemaDialect.Unstated)
    {
        _root = root;
        Dialect = ReadDialect(root) ?? dialect;
        var resource = new Resource(NoBase, "#", root);
        _resources[NoBase] = resource;
        Collect(root, "#", resource, 0);
        Root = Site("#", root);
    }

    /// <summary>The dialect.</summary>
    public SchemaDialect Dialect { get; }

    /// <summary>Whether what stands beside a reference is ignored.</summary>
    public bool RefHidesSiblings => Dialect is SchemaDialect.Draft4 or SchemaDialect.Draft7;

    /// <summary>The whole schema.</summary>
    public SchemaSite Root { get; }

    /// <summary>Whether some schema asks for what others have not looked at.</summary>
    public bool HasUnevaluated { get; private set; }

    /// <summary>A schema by its number.</summary>
    public SchemaSite this[int id] => _all[id];

    /// <summary>The schema at a place; each place is one site.</summary>
    public SchemaSite Site(string pointer, JsonElement schema)
    {
        if (_sites.TryGetValue(pointer, out SchemaSite? site))
        {
            return site;
        }

        if (schema.ValueKind is not (JsonValueKind.True or JsonValueKind.False or JsonValueKind.Object))
        {
            throw new InvalidSchemaException(pointer, $"The schema at {pointer} is {SchemaKeywords.Shorten(schema)}; an object or a boolean is accepted.");
        }

        site = new SchemaSite(_all.Count, schema, pointer);
        _all.Add(site);
        _sites.Add(pointer, site);
        return site;
    }

    /// <summary>A schema that stands in no document, made up in place of something at <paramref name="pointer"/>.</summary>
    public SchemaSite Synthetic(string pointer, string json)
    {
        string key = $"{pointer} {json}";
        if (!_sites.TryGetValue(key, out SchemaSite? site))
        {
            using JsonDocument document = JsonDocument.Parse(json);
            site = new SchemaSite(_all.Count, document.RootElement.Clone(), pointer);
            _all.Add(site);
            _sites.Add(key, site);
        }

        return site;
    }

    /// <summary>The schema that a reference leads to.</summary>
    /// <exception cref="UnsupportedSchemaException">It leaves the document.</exception>
    /// <exception cref="InvalidSchemaException">It leads nowhere.</exception>
    public SchemaSite Resolve(SchemaSite site, string keyword, JsonElement reference)
    {
        string place = SchemaPointer.Append(site.Pointer, keyword);
        if (reference.ValueKind != JsonValueKind.String)
        {
            throw new InvalidSchemaException(place, $"'{keyword}' is {SchemaKeywords.Shorten(reference)}; a string such as \"#/$defs/name\" is accepted. At {place}.");
        }

        string name = reference.GetString()!;
        int hash = name.IndexOf('#', StringComparison.Ordinal);
        string address = hash < 0 ? name : name[..hash];
        string fragment = hash < 0 ? "" : Unescape(name[(hash + 1)..]);
        Resource from = _resourceOf.GetValueOrDefault(site.Pointer) ?? _resources[NoBase];
        Resource? resource = address.Length == 0 ? from : _resources.GetValueOrDefault(Join(from.Address, address));
        if (resource is null)
        {
            throw new UnsupportedSchemaException(keyword, place, $"The reference '{name}' leaves the document, which is not supported. Supported are references to what stands in the schema itself, such as '#/$defs/name'. At {place}.");
        }

        if (keyword == "$dynamicRef" && _dynamicAnchors.Contains(fragment) && _anchors.Keys.Count(a => a.Name == fragment) > 1)
        {
            throw new UnsupportedSchemaException(keyword, place, $"The dynamic reference '{name}' may lead to more than one anchor, which is not supported. Supported is one that names a single anchor. At {place}.");
        }

        string? target = fragment.Length == 0 ? resource.Pointer : fragment[0] == '/' ? null : _anchors.GetValueOrDefault((resource, fragment));
        if (target is null && fragment.Length > 0 && fragment[0] == '/' && SchemaPointer.TryResolve(resource.Schema, $"#{Uri.EscapeDataString(fragment)}", out string within, out JsonElement found))
        {
            return Site(resource.Pointer + within[1..], found);
        }

        return target is not null && SchemaPointer.TryResolve(_root, target, out _, out JsonElement schema)
            ? Site(target, schema)
            : throw new InvalidSchemaException(place, $"The reference '{name}' points at nothing in the schema. At {place}.");
    }

    private static SchemaDialect? ReadDialect(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("$schema", out JsonElement value) || value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        string uri = value.GetString()!;
        return uri.Contains("draft-04", StringComparison.Ordinal) ? SchemaDialect.Draft4
            : uri.Contains("draft-06", StringComparison.Ordinal) || uri.Contains("draft-07", StringComparison.Ordinal) ? SchemaDialect.Draft7
            : uri.Contains("draft/20", StringComparison.Ordinal) ? SchemaDialect.Draft2020
            : uri.Contains("draft-0", StringComparison.Ordinal) || uri.Contains("json-schema.org", StringComparison.Ordinal) && uri.Contains("draft", StringComparison.Ordinal) ? throw new UnsupportedSchemaException("$schema", "#/$schema", $"The dialect '{uri}' is not supported. Supported are drafts 4, 6, 7, 2019-09 and 2020-12. At #/$schema.")
            : null;
    }

    private void Collect(JsonElement schema, string pointer, Resource resource, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new InvalidSchemaException(pointer, $"The schema nests deeper than {MaxDepth} levels.");
        }

        if (schema.ValueKind == JsonValueKind.Array)
        {
            int index = 0;
            foreach (JsonElement item in schema.EnumerateArray())
            {
                Collect(item, SchemaPointer.Append(pointer, index++), resource, depth + 1);
            }
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        bool hidden = RefHidesSiblings && schema.TryGetProperty("$ref", out _);
        if (!hidden && Text(schema, Dialect == SchemaDialect.Draft4 ? "id" : "$id") is { } id)
        {
            int hash = id.IndexOf('#', StringComparison.Ordinal);
            string address = hash < 0 ? id : id[..hash];
            if (address.Length > 0)
            {
                resource = new Resource(Join(resource.Address, address), pointer, schema);
                if (!_resources.TryAdd(resource.Address, resource))
                {
                    throw new InvalidSchemaException(pointer, $"Two schemas have the id '{resource.Address}'; once is accepted. At {pointer}.");
                }
            }

            if (hash >= 0 && hash + 1 < id.Length)
            {
                _anchors.TryAdd((resource, Unescape(id[(hash + 1)..])), pointer);
            }
        }

        foreach (string keyword in (string[])["$anchor", "$dynamicAnchor"])
        {
            if (Text(schema, keyword) is { } anchor)
            {
                _anchors.TryAdd((resource, anchor), pointer);
                if (keyword == "$dynamicAnchor")
                {
                    _dynamicAnchors.Add(anchor);
                }
            }
        }

        _resourceOf[pointer] = resource;
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            HasUnevaluated |= keyword.Name is "unevaluatedProperties" or "unevaluatedItems";
            if (keyword.Name is not ("enum" or "const" or "default" or "examples"))
            {
                Collect(keyword.Value, SchemaPointer.Append(pointer, keyword.Name), resource, depth + 1);
            }
        }
    }

    private static string? Text(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Join(string address, string reference) =>
        Uri.TryCreate(reference, UriKind.Absolute, out Uri? absolute) && !reference.StartsWith('/') ? absolute.AbsoluteUri
        : Uri.TryCreate(address.Length == 0 ? "json-schema:///" : address, UriKind.Absolute, out Uri? root) && Uri.TryCreate(root, reference, out Uri? joined) ? joined.AbsoluteUri
        : reference;

    private static string Unescape(string fragment) => Uri.UnescapeDataString(fragment);

    private sealed record Resource(string Address, string Pointer, JsonElement Schema)
    {
        public bool Equals(Resource? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }
}
