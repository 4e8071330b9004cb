using System.Runtime.CompilerServices;
using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>
/// A JSON schema compiled to a pushdown automaton over the bytes of UTF-8 text. What it allows is compact JSON (no white
/// space, canonical escapes and numbers) that satisfies the schema, with object keys in the schema's order. Immutable and
/// thread-safe.
/// </summary>
/// <remarks>
/// <para>Supported are the drafts 4 to 2020-12 of JSON Schema as far as docs/structured-output.md lists them, and the private
/// keyword <c>x-span</c>: a string that must occur in the span source, or a number, or a string with the <c>format</c> date,
/// time or date-time, that must be written in it in some form. What JSON Schema defines and is not followed is refused.</para>
/// <para>An object with <c>properties</c> has no others unless the schema itself speaks of them: <see cref="SchemaOptions.IsOpen"/>
/// allows what JSON Schema allows. A schema without <c>type</c> allows every type.</para>
/// </remarks>
internal sealed class JsonGrammar
{
    /// <summary>The most containers inside each other. Arrays and objects that would not fit are not offered; constants do not count.</summary>
    public const int MaxDepth = 64;

    private static readonly GrammarCache Cache = new();
    private readonly ConditionalWeakTable<TokenVocabulary, GrammarContext> _contexts = [];
    private readonly GrammarNode[] _nodes;
    private readonly MinimumTable? _minimum;
    private readonly bool[] _literalBytes;

    internal JsonGrammar(GrammarNode[] nodes, GrammarNode root, bool[] literalBytes)
    {
        _nodes = nodes;
        _literalBytes = literalBytes;
        Root = root;
        HasSpans = nodes.Any(n => n is SpanNode or SpanValueNode);
        _minimum = HasSpans ? null : new MinimumTable(nodes, spans: null);
    }

    /// <summary>Any JSON value.</summary>
    public static JsonGrammar AnyJson { get; } = SchemaCompiler.CompileAny(SchemaTypes.All);

    /// <summary>Any JSON object.</summary>
    public static JsonGrammar AnyObject { get; } = SchemaCompiler.CompileAny(SchemaTypes.Object);

    /// <summary>Whether some value must occur in the span source.</summary>
    public bool HasSpans { get; }

    internal GrammarNode Root { get; }

    /// <summary>The objects that the grammar writes.</summary>
    internal IEnumerable<ObjectNode> Objects => _nodes.OfType<ObjectNode>();

    /// <summary>Compiles a schema. The last schemas compiled are kept by their text.</summary>
    /// <exception cref="UnsupportedSchemaException">The schema uses a keyword that is not supported.</exception>
    /// <exception cref="InvalidSchemaException">The schema is malformed, or no finite document satisfies it.</exception>
    /// <param name="schema">The schema.</param>
    /// <param name="options">What is allowed beyond what is offered for writing.</param>
    public static JsonGrammar Compile(JsonElement schema, SchemaOptions options = default)
    {
        if (schema.ValueKind == JsonValueKind.Undefined)
        {
            throw new ArgumentException("The schema is an undefined JsonElement; a JSON object or a boolean is accepted.", nameof(schema));
        }

        return Cache.GetOrAdd($"{options.IsOpen}{options.Dialect}{schema.GetRawText()}", () => SchemaCompiler.Compile(schema, options));
    }

    /// <summary>Starts a document.</summary>
    /// <param name="vocabulary">The model's tokens.</param>
    /// <param name="spanSource">The text in which every span must occur; not used by a grammar without spans.</param>
    /// <exception cref="ArgumentException">The vocabulary lacks a byte that the grammar may need.</exception>
    /// <exception cref="ArgumentNullException">The grammar has a span and there is no source.</exception>
    /// <exception cref="InvalidSchemaException">The source has no span that the schema requires.</exception>
    public GrammarState CreateState(TokenVocabulary vocabulary, string? spanSource = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        GrammarContext context;
        if (!HasSpans)
        {
            context = _contexts.GetValue(vocabulary, v =>
            {
                RequireBytes(v, _literalBytes);
                return new GrammarContext(v, _minimum!);
            });
        }
        else
        {
            if (spanSource is null)
            {
                throw new ArgumentNullException(nameof(spanSource), "The schema has an x-span, whose value must occur in a source text, and no source was given.");
            }

            RequireBytes(vocabulary, _literalBytes);
            context = new GrammarContext(vocabulary, new MinimumTable(_nodes, new SpanIndex(spanSource)));
        }

        if (!context.CanStart(Root, Continuation.End))
        {
            throw new InvalidSchemaException(Unsatisfiable.Find(Root, context, Continuation.End).Pointer, "The span source holds no text that this schema's x-span could take: none begins and ends at a word and has the required length, or is a number or date of the required form.");
        }

        return new GrammarState(context, [Position.Start(Root, Continuation.End)]);
    }

    private static void RequireBytes(TokenVocabulary vocabulary, bool[] literalBytes)
    {
        for (int value = 0; value < 256; value++)
        {
            // Structure, the shortest filler and the rest of any character that a token has begun must be writable.
            bool needed = literalBytes[value] || value is (>= 0x20 and <= 0x7E) or (>= 0x80 and <= 0xBF);
            if (needed && !vocabulary.HasByte((byte)value))
            {
                throw new ArgumentException($"The vocabulary has no token for the single byte 0x{value:X2}, which the output may need; constrained output takes a vocabulary with byte tokens.", nameof(vocabulary));
            }
        }
    }
}
