using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>Compiles a schema and reads instances under it, token by token, as constrained decoding would write them. Not thread-safe.</summary>
internal sealed class SchemaTrial
{
    // Enough for any instance: the budget is not what is tried here.
    private const int Budget = 1 << 24;

    private readonly JsonGrammar? _grammar;
    private readonly InstanceText? _text;
    private readonly TrialVocabulary _vocabulary;
    private readonly string _source;
    private readonly ulong[] _mask;

    /// <summary>Compiles a schema.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="spanSource">The text in which spans must occur.</param>
    /// <exception cref="JsonSchemaException">It is malformed or not supported. That nothing satisfies it is no error here.</exception>
    public SchemaTrial(JsonElement schema, SchemaOptions options, TrialVocabulary vocabulary, string spanSource = "")
    {
        _vocabulary = vocabulary;
        _source = spanSource;
        _mask = new ulong[vocabulary.Tokens.MaskLength];
        long start = Stopwatch.GetTimestamp();
        try
        {
            // Not through the cache, so that the time is that of a schema not seen before.
            _grammar = SchemaCompiler.Compile(schema, options);
            _ = _grammar.CreateState(_vocabulary.Tokens, _source);
        }
        catch (InvalidSchemaException e) when (e.IsUnsatisfiable)
        {
            _grammar = null;
            Unsatisfiable = e.Message;
        }

        CompileTime = Stopwatch.GetElapsedTime(start);
        _text = _grammar is null ? null : new InstanceText(schema, options.Dialect);
    }

    /// <summary>How long compiling took.</summary>
    public TimeSpan CompileTime { get; }

    /// <summary>Why nothing satisfies the schema, or null.</summary>
    public string? Unsatisfiable { get; }

    /// <summary>The longest that one mask took in all instances read so far.</summary>
    public TimeSpan LongestMask { get; private set; }

    /// <summary>How long each mask took.</summary>
    public List<TimeSpan> Masks { get; } = [];

    /// <summary>The text that is read for a value: compact, with keys in the schema's order.</summary>
    public string TextOf(JsonElement value) => Encoding.UTF8.GetString(_text?.Write(value) ?? JsonText.Value(value));

    /// <summary>Whether constrained decoding could write a value.</summary>
    public bool Allows(JsonElement value)
    {
        if (_grammar is null)
        {
            return false;
        }

        GrammarState state = _grammar.CreateState(_vocabulary.Tokens, _source);
        foreach (int token in _vocabulary.Tokenize(_text!.Write(value)))
        {
            long start = Stopwatch.GetTimestamp();
            state.FillMask(_mask, Budget);
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            Masks.Add(time);
            LongestMask = time > LongestMask ? time : LongestMask;
            bool inMask = (_mask[token >> 6] >> token & 1) != 0;
            if (inMask != state.AcceptsWithin(token, Budget))
            {
                throw new InvalidOperationException($"The mask and the check of token {token} disagree.");
            }

            if (!state.TryAccept(token))
            {
                return false;
            }
        }

        return state.IsComplete;
    }
}
