namespace HeteroAgent;

/// <summary>The places of the measures in a row of <see cref="ReplayMeasures.Compute"/>.</summary>
internal enum Measure
{
    WeakAccuracy,
    StrongAccuracy,
    Gap,
    Auc,
    Apgr,
    Cpt50,
    Cpt80,
    CallsAt95OfStrong,
    CallsAt95OfGap,
    RandomCallsAt95OfStrong,
    ApgrOverRandom,
    CallsSaved,
    Cost,
    HeldOutCalls,
    HeldOutShareOfStrong,
}
