namespace HeteroAgent.LlamaCpp;

/// <summary>Finds the beginning that prompts have in common: instructions, tools and examples, which are worth keeping. Not safe for several threads.</summary>
internal sealed class RecurringPrefixes
{
    private const int Kept = 32;

    private readonly Queue<(byte[] Key, int[] Prompt)> _recent = new();

    /// <summary>Notes a prompt.</summary>
    /// <returns>The length of the longest beginning that it shares with one of the last prompts and behind which both go on, each in its own way; 0 for none.</returns>
    /// <remarks>The same prompt once more, and the next turn of a conversation, have more in common, but nobody else will ask for it again.</remarks>
    internal int Note(byte[] key, int[] prompt)
    {
        int longest = 0;
        foreach ((byte[] otherKey, int[] other) in _recent)
        {
            if (otherKey.AsSpan().SequenceEqual(key))
            {
                int shared = prompt.AsSpan().CommonPrefixLength(other);
                longest = shared < prompt.Length && shared < other.Length ? Math.Max(longest, shared) : longest;
            }
        }

        _recent.Enqueue((key, prompt));
        if (_recent.Count > Kept)
        {
            _recent.Dequeue();
        }

        return longest;
    }
}
