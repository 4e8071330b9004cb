namespace HeteroAgent.Benchmarks;

/// <summary>A clock that only the replayed clients move.</summary>
internal sealed class VirtualClock
{
    internal double Seconds { get; set; }
}
