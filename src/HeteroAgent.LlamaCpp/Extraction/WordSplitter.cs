using System.Text;
using System.Text.RegularExpressions;

namespace HeteroAgent.LlamaCpp;

/// <summary>Splits a request into the words that get a label each. Immutable and thread-safe.</summary>
internal sealed class WordSplitter
{
    /// <summary>Runs of letters and digits, and every other visible character by itself.</summary>
    internal const string UsualPattern = @"[^\W_]+|[^\w\s]|_";
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);
    private readonly Regex? _pattern;

    /// <exception cref="ArgumentException">The pattern is no regular expression that runs in linear time.</exception>
    internal WordSplitter(string pattern)
    {
        Pattern = pattern;
        try
        {
            // The usual pattern is scanned by code points, as the models are trained: a regular expression here would part surrogates.
            _pattern = pattern == UsualPattern ? null : new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (NotSupportedException e)
        {
            throw new ArgumentException(e.Message, nameof(pattern), e);
        }
    }

    internal string Pattern { get; }

    /// <summary>The words of a text as offset and length in UTF-16 units.</summary>
    internal List<(int Start, int Length)> Split(string text)
    {
        List<(int, int)> words = [];
        if (_pattern is null)
        {
            Scan(text, words);
            return words;
        }

        foreach (ValueMatch match in _pattern.EnumerateMatches(text))
        {
            if (match.Length > 0)
            {
                words.Add((match.Index, match.Length));
            }
        }

        return words;
    }

    private static void Scan(string text, List<(int, int)> words)
    {
        int runStart = -1;
        int position = 0;
        while (position < text.Length)
        {
            // A lone surrogate reads as U+FFFD, one unit long: a word of its own.
            _ = Rune.DecodeFromUtf16(text.AsSpan(position), out Rune rune, out int length);
            bool inRun = Rune.IsLetter(rune) || Rune.IsNumber(rune);
            if (inRun)
            {
                runStart = runStart < 0 ? position : runStart;
            }
            else
            {
                CloseRun(position);
                if (!IsSpace(rune))
                {
                    words.Add((position, length));
                }
            }

            position += length;
        }

        CloseRun(position);

        void CloseRun(int end)
        {
            if (runStart >= 0)
            {
                words.Add((runStart, end - runStart));
                runStart = -1;
            }
        }
    }

    /// <summary>White space, with the four separators U+001C to U+001F that Unicode's property leaves out.</summary>
    private static bool IsSpace(Rune rune) => Rune.IsWhiteSpace(rune) || rune.Value is >= 0x1C and <= 0x1F;
}
