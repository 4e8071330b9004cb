using System.Runtime.InteropServices;
using System.Text;
using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>A model's vocabulary: the bytes of each token, and the tokens of a text. Immutable; safe for any number of threads.</summary>
internal sealed unsafe class Vocabulary
{
    private readonly SafeLlamaModelHandle _model;
    private readonly nint _vocab;
    private readonly string _path;
    private readonly byte[][] _pieces;
    private readonly bool[] _endOfGeneration;
    private readonly bool[] _control;
    private readonly Dictionary<int, string> _controlText = [];
    private int[]? _endTokens;
    private readonly (string Text, int Id)[] _controlTexts;

    internal Vocabulary(SafeLlamaModelHandle model, string path)
    {
        _model = model;
        _path = path;
        _vocab = LlamaFunctions.llama_model_get_vocab(model);
        SafeLlamaModelHandle.Vocabulary vocabulary = model.Vocab;
        int count = vocabulary.Count;
        _pieces = new byte[count][];
        _endOfGeneration = new bool[count];
        _control = new bool[count];
        List<(string, int)> controls = [];
        byte[] buffer = new byte[1024];
        for (int id = 0; id < count; id++)
        {
            int attributes = LlamaFunctions.llama_vocab_get_attr(_vocab, id);
            _endOfGeneration[id] = LlamaFunctions.llama_vocab_is_eog(_vocab, id);
            _control[id] = ((LLamaTokenAttr)attributes & (LLamaTokenAttr.Control | LLamaTokenAttr.Unknown)) != 0 || _endOfGeneration[id];
            if (_control[id])
            {
                _pieces[id] = [];
                string text = Marshal.PtrToStringUTF8((nint)LlamaFunctions.llama_vocab_get_text(_vocab, id)) ?? "";
                _controlText.Add(id, text);
                if (text.Length > 0)
                {
                    controls.Add((text, id));
                }
            }
            else
            {
                _pieces[id] = ReadPiece(id, ref buffer);
            }
        }

        _controlTexts = [.. controls.OrderByDescending(c => c.Item1.Length)];
        AddsBos = vocabulary.ShouldAddBOS;
        Bos = (int)(vocabulary.BOS ?? -1);
        EndOfTurn = (int)(vocabulary.EOT ?? vocabulary.EOS ?? -1);
    }

    /// <summary>The number of tokens.</summary>
    internal int Count => _pieces.Length;

    internal bool AddsBos { get; }

    internal int Bos { get; }

    /// <summary>The token that ends a turn, or -1.</summary>
    internal int EndOfTurn { get; }

    /// <summary>The bytes of every token; empty for control tokens.</summary>
    internal IReadOnlyList<byte[]> Pieces => _pieces;

    internal ReadOnlySpan<byte> Piece(int token) => _pieces[token];

    internal bool IsEndOfGeneration(int token) => _endOfGeneration[token];

    internal bool IsControl(int token) => _control[token];

    /// <summary>The tokens that end a generation.</summary>
    internal int[] EndOfGeneration => _endTokens ??= [.. Enumerable.Range(0, Count).Where(IsEndOfGeneration)];

    /// <summary>The text of a control token as the vocabulary writes it, or of any other token as it prints.</summary>
    internal string Text(int token) => _control[token]
        ? _controlText[token]
        : Encoding.UTF8.GetString(_pieces[token]);

    /// <summary>The tokens of a text that a user or a file wrote: control tokens written in it stay ordinary text.</summary>
    /// <param name="text">The text; a lone surrogate becomes U+FFFD.</param>
    /// <param name="output">Receives the tokens.</param>
    internal void AppendPlain(ReadOnlySpan<char> text, List<int> output)
    {
        if (text.IsEmpty)
        {
            return;
        }

        byte[] utf8 = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        int length = Encoding.UTF8.GetBytes(text, utf8);
        int[] tokens = new int[length + 8];
        int count = Tokenize(utf8, length, tokens);
        if (count < 0)
        {
            tokens = new int[-count];
            count = Tokenize(utf8, length, tokens);
        }

        if (count < 0)
        {
            throw new LlamaModelException(_path, $"the tokenizer failed on a text of {text.Length} characters.");
        }

        output.AddRange(tokens.AsSpan(0, count));
    }

    /// <summary>The tokens of a text as it stands: no token that begins a text, and control tokens in it stay ordinary text.</summary>
    /// <param name="utf8">The text, valid UTF-8.</param>
    internal int[] Tokenize(byte[] utf8)
    {
        if (utf8.Length == 0)
        {
            return [];
        }

        int[] tokens = new int[utf8.Length + 8];
        int count = Tokenize(utf8, utf8.Length, tokens);
        return count >= 0 ? tokens[..count] : throw new LlamaModelException(_path, $"the tokenizer failed on a text of {utf8.Length} bytes.");
    }

    /// <summary>The tokens of a text that was made by a template: control tokens are recognised only in the parts that the template wrote.</summary>
    internal void AppendSegments(IReadOnlyList<PromptSegment> segments, List<int> output)
    {
        // Plain stretches are joined across segments, so that merges and pre-tokenisation are those of the whole text.
        StringBuilder plain = new();
        foreach (PromptSegment segment in segments)
        {
            if (segment.IsContent)
            {
                plain.Append(segment.Text);
                continue;
            }

            AppendTemplateText(segment.Text, plain, output);
        }

        Flush(plain, output);
    }

    private void AppendTemplateText(string text, StringBuilder plain, List<int> output)
    {
        int position = 0;
        while (position < text.Length)
        {
            (int at, int id, int length) = NextControl(text, position);
            plain.Append(text, position, at - position);
            if (id >= 0)
            {
                Flush(plain, output);
                output.Add(id);
            }

            position = at + length;
        }
    }

    private (int At, int Id, int Length) NextControl(string text, int from)
    {
        (int At, int Id, int Length) best = (text.Length, -1, 0);
        foreach ((string control, int id) in _controlTexts)
        {
            // Of two tokens that start at the same place the longer wins: it comes first in the list.
            int at = text.IndexOf(control, from, StringComparison.Ordinal);
            if (at >= 0 && at < best.At)
            {
                best = (at, id, control.Length);
            }
        }

        return best;
    }

    private void Flush(StringBuilder plain, List<int> output)
    {
        if (plain.Length > 0)
        {
            AppendPlain(plain.ToString(), output);
            plain.Clear();
        }
    }

    private int Tokenize(byte[] utf8, int length, int[] tokens)
    {
        // The vocabulary lies inside the model: a reference keeps it alive, and is refused once the model is disposed.
        bool referenced = false;
        try
        {
            _model.DangerousAddRef(ref referenced);
            fixed (byte* text = utf8)
            fixed (int* output = tokens)
            {
                return LlamaFunctions.llama_tokenize(_vocab, text, length, output, tokens.Length, addSpecial: false, parseSpecial: false);
            }
        }
        finally
        {
            if (referenced)
            {
                _model.DangerousRelease();
            }
        }
    }

    private byte[] ReadPiece(int token, ref byte[] buffer)
    {
        int length = NativeApi.llama_token_to_piece(_model.Vocab, token, buffer, lstrip: 0, special: true);
        if (length >= 0)
        {
            return buffer.AsSpan(0, length).ToArray();
        }

        buffer = new byte[-length];
        return ReadPiece(token, ref buffer);
    }
}
