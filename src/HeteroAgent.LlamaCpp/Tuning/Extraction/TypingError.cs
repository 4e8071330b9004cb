namespace HeteroAgent.LlamaCpp;

/// <summary>Makes typing errors as people make them, in the words around the values.</summary>
public static class TypingError
{
    /// <summary>Shorter words are spelt right by everyone, and an error makes another word of them.</summary>
    private const int ShortestWord = 3;
    private const int Tries = 8;
    private static readonly string[] Rows = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

    /// <summary>Makes one typing error in a word of at least three letters that belongs to no value: two neighbours swapped, a letter left out, a letter doubled, or the key beside it hit instead.</summary>
    /// <param name="example">The example.</param>
    /// <param name="random">Chooses the word and the error; the same state gives the same error.</param>
    /// <returns>The example with the error; itself where there is no such word.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static ExtractiveExample Apply(ExtractiveExample example, Random random)
    {
        ArgumentNullException.ThrowIfNull(example);
        ArgumentNullException.ThrowIfNull(random);
        return Apply(example, random, new WordSplitter(WordSplitter.UsualPattern));
    }

    internal static ExtractiveExample Apply(ExtractiveExample example, Random random, WordSplitter splitter)
    {
        RequestPieces pieces = RequestPieces.Of(example);
        (int Piece, int Start, int Length)[] words = [.. pieces.Pieces.SelectMany((p, i) => p.Slot is not null ? [] : splitter.Split(p.Text)
            .Where(w => w.Length >= ShortestWord && p.Text.AsSpan(w.Start, w.Length).ToArray().All(char.IsLetter))
            .Select(w => (i, w.Start, w.Length)))];
        for (int i = 0; i < Tries && words.Length > 0; i++)
        {
            (int piece, int start, int length) = words[random.Next(words.Length)];
            string text = pieces.Pieces[piece].Text;
            string wrong = Misspell(text.Substring(start, length), random);
            if (!text.AsSpan(start, length).SequenceEqual(wrong))
            {
                (string Text, string? Slot)[] changed = [.. pieces.Pieces];
                changed[piece] = (string.Concat(text.AsSpan(0, start), wrong, text.AsSpan(start + length)), null);
                return new RequestPieces(changed).Compose(example, splitter);
            }
        }

        return example;
    }

    private static string Misspell(string word, Random random)
    {
        int at = random.Next(word.Length);
        switch (random.Next(4))
        {
            case 0:
                at = Math.Min(at, word.Length - 2);
                return $"{word[..at]}{word[at + 1]}{word[at]}{word[(at + 2)..]}";
            case 1:
                return word.Remove(at, 1);
            case 2:
                return word.Insert(at, word[at].ToString());
            default:
                return $"{word[..at]}{Neighbour(word[at], random)}{word[(at + 1)..]}";
        }
    }

    /// <summary>A key beside a letter's, in its case; letters of other keyboards stay.</summary>
    private static char Neighbour(char letter, Random random)
    {
        char lower = char.ToLowerInvariant(letter);
        int row = Array.FindIndex(Rows, r => r.Contains(lower, StringComparison.Ordinal));
        if (row < 0)
        {
            return letter;
        }

        int column = Rows[row].IndexOf(lower, StringComparison.Ordinal);
        char[] near = [.. Enumerable.Range(Math.Max(row - 1, 0), Math.Min(row + 2, Rows.Length) - Math.Max(row - 1, 0))
            .SelectMany(r => Rows[r].Skip(Math.Max(column - 1, 0)).Take(column == 0 ? 2 : 3))
            .Where(c => c != lower)];
        char hit = near[random.Next(near.Length)];
        return char.IsUpper(letter) ? char.ToUpperInvariant(hit) : hit;
    }
}
