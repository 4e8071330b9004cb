namespace HeteroAgent.LlamaCpp;

/// <summary>Measures what one more token costs a step, as a share of a step of one token. Used by one thread.</summary>
internal sealed class StepCost
{
    // Longer steps are prompts, whose tokens are cheaper than those of a draft.
    private const int LongestStep = 32;
    private const double Weight = 0.1;

    // Until it has been measured: what a small model takes on a CPU.
    private double _share = 0.25;
    private double _single;

    /// <summary>A cost to go by instead of measuring, so that what is drafted does not depend on the clock; null to measure.</summary>
    internal double? Given { get; set; }

    /// <summary>The cost of a further token, in steps of one token; between 0.02 and 1 where it is measured.</summary>
    internal double ExtraToken => Given ?? Math.Clamp(_share, 0.02, 1);

    /// <summary>Notes how long a step took.</summary>
    internal void Report(int tokens, long ticks)
    {
        if (tokens == 1)
        {
            // A step that was held up says nothing: it counts for at most twice what is expected.
            _single = _single == 0 ? ticks : _single + (Weight * (Math.Min(ticks, 2 * _single) - _single));
        }
        else if (tokens <= LongestStep && _single > 0)
        {
            double share = Math.Clamp((ticks / _single - 1) / (tokens - 1), 0, 1);
            _share += Weight * (Math.Min(share, 2 * _share + 0.02) - _share);
        }
    }
}
