namespace HeteroAgent.LlamaCpp;

/// <summary>Watches the bytes of one generation for stop sequences, and holds back what may be the start of one. Used by one thread.</summary>
internal sealed class StopSequences
{
    private readonly byte[][] _stops;
    private readonly List<byte> _held = [];

    internal StopSequences(IEnumerable<string> stops) =>
        _stops = [.. stops.Where(s => s.Length > 0).Select(System.Text.Encoding.UTF8.GetBytes)];

    /// <summary>Takes the bytes of the next token and returns what may be shown; when a stop sequence is complete, what stood before it.</summary>
    internal ReadOnlyMemory<byte> Append(ReadOnlySpan<byte> piece, out bool stopped)
    {
        _held.AddRange(piece);
        ReadOnlySpan<byte> held = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_held);
        int first = -1;
        foreach (byte[] stop in _stops)
        {
            int at = held.IndexOf(stop);
            if (at >= 0 && (first < 0 || at < first))
            {
                first = at;
            }
        }

        stopped = first >= 0;
        int release = stopped ? first : held.Length - LongestStart(held);
        byte[] released = held[..release].ToArray();
        if (stopped)
        {
            _held.Clear();
        }
        else
        {
            _held.RemoveRange(0, release);
        }

        return released;
    }

    /// <summary>What was held back, once it is certain that no stop sequence will complete.</summary>
    internal ReadOnlyMemory<byte> Flush()
    {
        byte[] rest = [.. _held];
        _held.Clear();
        return rest;
    }

    /// <summary>The length of the longest end of the bytes that begins a stop sequence.</summary>
    private int LongestStart(ReadOnlySpan<byte> held)
    {
        int longest = 0;
        foreach (byte[] stop in _stops)
        {
            for (int length = Math.Min(stop.Length - 1, held.Length); length > longest; length--)
            {
                if (held[^length..].SequenceEqual(stop.AsSpan(0, length)))
                {
                    longest = length;
                    break;
                }
            }
        }

        return longest;
    }
}
