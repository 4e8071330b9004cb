using System.Text;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Vocabularies for tests: every byte, some longer tokens, a control token and an end of generation.</summary>
internal static class TestVocabulary
{
    private static readonly string[] Pieces =
    [
        "\":\"", "\"},{\"", "\":", "\",\"", "{\"", "\"}", "[{", "}]", "[]", "{}", "],[", "]}", "},", "[\"", "\"]", "\",", ",\"", "{}}", "[[", "]]", "}}",
        "tr", "rue", "true", "fal", "alse,", "null", "null}", "ab", "abc", "a\"", "\"a", "\"b\":", "a b", "12", "1.", ".5", "e1", "-1", "0,", "10]", "1}",
        "\\n", "\\\"", "\\u00", "\\u001", "\\", "é", "\u00e9x", "日本", "日", "😀", "x😀y", " ", "  ", "\n", "hello world", "\":{\"", "\":[", "\":[{\"", "zz\",\"", "\"\"", "\"\",", "\"\"}",
    ];

    /// <summary>The one for most tests.</summary>
    public static TokenVocabulary Default { get; } = Create([]);

    /// <summary>Every byte, the usual pieces, pieces of the tests' own, parts of characters, and two tokens with the same bytes.</summary>
    public static TokenVocabulary Create(IEnumerable<string> more)
    {
        List<byte[]?> pieces = [null, [], "<|end|>"u8.ToArray()];
        for (int value = 0; value < 256; value++)
        {
            pieces.Add([(byte)value]);
        }

        pieces.AddRange(Pieces.Concat(more).Where(p => p.Length > 0).Distinct().Select(Encoding.UTF8.GetBytes));
        pieces.AddRange([[0xE6, 0x97], [0x97, 0xA5], [0xA5, (byte)'"'], [(byte)'x', 0xF0, 0x9F], [0xC0, 0x80], [0xED, 0xA0]]);
        pieces.AddRange(["ab"u8.ToArray(), "\""u8.ToArray()]);
        return new TokenVocabulary(pieces, [2]);
    }

    /// <summary>Whether a grammar allows a text as a whole document, byte by byte.</summary>
    public static bool Allows(this JsonGrammar grammar, string text, string? source = null)
    {
        GrammarState state = grammar.CreateState(Default, source);
        return state.TryAcceptBytes(Encoding.UTF8.GetBytes(text)) && state.IsComplete;
    }
}
