using System.Globalization;

namespace HeteroAgent;

/// <summary>Counts escalations against the limits. Thread-safe.</summary>
internal sealed class EscalationLimiter(EscalationLimits limits)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Queue<long> _starts = new();
    private DateOnly _day;
    private decimal _spent;

    public EscalationLimits Limits => limits;

    /// <summary>Takes one escalation, or says which limit stands against it.</summary>
    public string? TryStart()
    {
        lock (_lock)
        {
            if (limits.DollarsPerDay is { } dollars)
            {
                Roll();
                if (_spent >= dollars)
                {
                    return string.Create(CultureInfo.InvariantCulture, $"{_spent:0.######} dollars of the day's {dollars:0.######} have been spent");
                }
            }

            if (limits.CallsPerMinute is { } calls)
            {
                long now = limits.TimeProvider.GetTimestamp();
                while (_starts.TryPeek(out long first) && limits.TimeProvider.GetElapsedTime(first, now) >= Minute)
                {
                    _ = _starts.Dequeue();
                }

                if (_starts.Count >= calls)
                {
                    return string.Create(CultureInfo.InvariantCulture, $"{calls} {(calls == 1 ? "call has" : "calls have")} been escalated within a minute, which is the limit");
                }

                _starts.Enqueue(now);
            }

            return null;
        }
    }

    public void Charge(decimal dollars)
    {
        lock (_lock)
        {
            Roll();
            _spent += dollars;
        }
    }

    private void Roll()
    {
        DateOnly today = DateOnly.FromDateTime(limits.TimeProvider.GetUtcNow().UtcDateTime);
        if (today != _day)
        {
            _day = today;
            _spent = 0;
        }
    }
}
