namespace HeteroAgent;

/// <summary>How much escalation is allowed, and what happens beyond it.</summary>
/// <remarks>Immutable. The counts belong to the client that holds the limits.</remarks>
public sealed record EscalationLimits
{
    /// <summary>Gets the most escalations in any 60 seconds, at least 1.</summary>
    /// <value>Default <see langword="null"/>: no limit.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int? CallsPerMinute
    {
        get;
        init
        {
            if (value is { } calls)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(calls, 1, nameof(CallsPerMinute));
            }

            field = value;
        }
    }

    /// <summary>Gets the most dollars spent on escalations in one day (UTC), more than 0.</summary>
    /// <remarks>
    /// A call starts while less than this has been spent, and is charged by its real usage when it ends, so calls in flight can exceed the limit by their own cost.
    /// A frontier model that <see cref="Prices"/> does not hold is refused before the call. An answer that reports no usage, or a stream that was abandoned before it reported any, is charged one token a byte of the text sent and received, which is more than it can have cost.
    /// </remarks>
    /// <value>Default <see langword="null"/>: no limit.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is 0 or negative.</exception>
    public decimal? DollarsPerDay
    {
        get;
        init
        {
            if (value is { } dollars)
            {
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dollars, nameof(DollarsPerDay));
            }

            field = value;
        }
    }

    /// <summary>Gets the prices by which <see cref="DollarsPerDay"/> is counted.</summary>
    /// <value>Default <see cref="PriceTable.Default"/>.</value>
    public PriceTable Prices { get; init; } = PriceTable.Default;

    /// <summary>Gets the clock by which the minute and the day are told.</summary>
    /// <value>Default <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Gets what happens at a limit.</summary>
    /// <value>Default <see cref="EscalationLimitBehavior.KeepLocalAnswer"/>.</value>
    public EscalationLimitBehavior WhenReached { get; init; }
}
