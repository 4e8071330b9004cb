using System.Collections;
using Microsoft.Extensions.AI;

namespace HeteroAgent.TestKit;

/// <summary>A sequence of messages that can be enumerated once, like one that is read from elsewhere.</summary>
public sealed class OneShotMessages(IReadOnlyList<ChatMessage> messages) : IEnumerable<ChatMessage>
{
    private int _enumerations;

    public int Enumerations => _enumerations;

    public IEnumerator<ChatMessage> GetEnumerator() =>
        Interlocked.Increment(ref _enumerations) == 1 ? messages.GetEnumerator() : throw new InvalidOperationException("The messages were enumerated twice.");

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
