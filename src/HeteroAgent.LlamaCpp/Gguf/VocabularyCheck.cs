using System.Globalization;
using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>Checks a vocabulary against itself: libllama aborts on a token that occurs twice, and throws through C on a byte without a token.</summary>
internal static class VocabularyCheck
{
    private const string Prefix = "tokenizer.ggml.";
    private const int ByteType = 6;

    public static void Run(GgufFile file)
    {
        string model = file.TokenizerModel is null or "none" or "no_vocab"
            ? throw RunnableCheck.Incoherent(file, $"'{Prefix}model' names the tokenizer, such as llama, gpt2 or bert; the file has {(file.TokenizerModel is { } named ? $"'{named}'" : "none")}")
            : file.TokenizerModel;
        int size = Length(file, "tokens", GgufValueType.String) ?? throw RunnableCheck.Incoherent(file, $"'{Prefix}tokens' is missing");
        if (size == 0)
        {
            throw RunnableCheck.Incoherent(file, $"'{Prefix}tokens' is empty");
        }

        RequireSame(file, "scores", GgufValueType.Float32, size);
        RequireSame(file, "token_type", GgufValueType.Int32, size);
        RequireText(file, "pre");
        RequireText(file, "chat_template");
        RequireTokens(file, model);
        RequireSpecialTokens(file, size);
        RequireMerges(file);
    }

    private static int? Length(GgufFile file, string name, GgufValueType element)
    {
        string key = Prefix + name;
        if (!file.Metadata.TryGetType(key, out GgufValueType type))
        {
            return null;
        }

        return file.Metadata.TryGetArrayLength(key, out GgufValueType found, out int length) && found == element
            ? length
            : throw RunnableCheck.Incoherent(file, $"'{key}' must be an array of {element} and is {(type == GgufValueType.Array ? $"an array of {found}" : $"a {type}")}");
    }

    private static void RequireSame(GgufFile file, string name, GgufValueType element, int size)
    {
        if (Length(file, name, element) is { } length && length != size)
        {
            throw RunnableCheck.Incoherent(file, $"'{Prefix}{name}' has {length:N0} entries for {size:N0} tokens");
        }
    }

    private static void RequireText(GgufFile file, string name)
    {
        string key = name == "chat_template" ? "tokenizer.chat_template" : Prefix + name;
        if (file.Metadata.TryGetType(key, out GgufValueType type) && type != GgufValueType.String)
        {
            throw RunnableCheck.Incoherent(file, $"'{key}' must be a String and is a {type}");
        }
    }

    private static void RequireTokens(GgufFile file, string model)
    {
        file.Metadata.TryGetStrings(Prefix + "tokens", out IReadOnlyList<string>? tokens);
        file.Metadata.TryGetIntegers(Prefix + "token_type", out IReadOnlyList<long>? types);
        Dictionary<string, int> ids = new(tokens!.Count, StringComparer.Ordinal);
        for (int i = 0; i < tokens.Count; i++)
        {
            // libllama reads a token up to its first NUL, and gives an empty one this name.
            int nul = tokens[i].IndexOf('\0', StringComparison.Ordinal);
            string token = nul < 0 ? tokens[i] : tokens[i][..nul];
            token = token.Length == 0 ? string.Create(CultureInfo.InvariantCulture, $"[EMPTY_{i}]") : token;
            if (!ids.TryAdd(token, i))
            {
                throw RunnableCheck.Incoherent(file, $"the tokens {ids[token]} and {i} are both '{token}'");
            }

            if (types is not null && types[i] == ByteType && !(model is "llama" or "t5" && IsByteToken(token)))
            {
                throw RunnableCheck.Incoherent(file, $"token {i} ('{token}') has the type of a byte; with the tokenizer '{model}' {(model is "llama" or "t5" ? "such a token is written <0x00> to <0xFF>" : "no token may have it")}");
            }
        }

        for (int b = 0; model == "llama" && b < 256; b++)
        {
            string token = string.Create(CultureInfo.InvariantCulture, $"<0x{b:X2}>");
            if (!ids.ContainsKey(token) && !(b is > 0 and < 128 && ids.ContainsKey(((char)b).ToString())))
            {
                throw RunnableCheck.Incoherent(file, $"the vocabulary has no token for the byte {token}, which a tokenizer of kind 'llama' needs");
            }
        }
    }

    private static bool IsByteToken(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>' && char.IsAsciiHexDigit(token[3]) && char.IsAsciiHexDigit(token[4]);

    private static void RequireSpecialTokens(GgufFile file, int size)
    {
        foreach (string key in file.Metadata.Keys.Where(k => k.StartsWith(Prefix, StringComparison.Ordinal) && k.EndsWith("_token_id", StringComparison.Ordinal)))
        {
            // The largest 32-bit number says that there is no such token.
            if (!file.Metadata.TryGetUInt64(key, out ulong id) || (id >= (ulong)size && id != uint.MaxValue))
            {
                string found = file.Metadata.TryGetInt64(key, out long number) ? number.ToString(CultureInfo.InvariantCulture) : "no integer";
                throw RunnableCheck.Incoherent(file, $"'{key}' is {found}; 0 to {size - 1} are tokens");
            }
        }
    }

    private static void RequireMerges(GgufFile file)
    {
        if (Length(file, "merges", GgufValueType.String) is null)
        {
            return;
        }

        int i = 0;
        foreach (ReadOnlyMemory<byte> merge in file.Metadata.Utf8Elements(Prefix + "merges"))
        {
            int space = merge.Length < 3 ? -1 : merge.Span[1..].IndexOf((byte)' ');
            if (space < 0 || space + 2 >= merge.Length)
            {
                throw RunnableCheck.Incoherent(file, $"merge {i} is '{Encoding.UTF8.GetString(merge.Span)}'; two parts with a space between them make a merge");
            }

            i++;
        }
    }
}
