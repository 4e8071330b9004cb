namespace HeteroAgent.LlamaCpp;

/// <summary>A running estimate of the probability that a drafted token is the one that is sampled.</summary>
internal sealed class DraftAcceptance
{
    private const double Weight = 0.08;
    private const double Forgetting = 0.005;

    private readonly double _prior;

    internal DraftAcceptance(double prior)
    {
        _prior = prior;
        Value = prior;
    }

    /// <summary>The estimate, between 0 and 1.</summary>
    internal double Value { get; private set; }

    /// <summary>Notes how many tokens of a draft were right, and whether one was wrong.</summary>
    internal void Report(int accepted, bool refused)
    {
        for (int i = 0; i < accepted; i++)
        {
            Value += Weight * (1 - Value);
        }

        Value -= refused ? Weight * Value : 0;
    }

    /// <summary>Moves a little towards where it began, so that a source that did not pay is tried again after some hundred chances.</summary>
    internal void Skip() => Value += Forgetting * (_prior - Value);
}
