namespace HeteroAgent;

/// <summary>All groups of features, in the order in which their values follow each other.</summary>
internal static class FeatureGroups
{
    public static IReadOnlyList<IFeatureGroup> All { get; } = [new FormFeatures(), new EquationFeatures(), new HedgeFeatures(), new ProvenanceFeatures(), new SanityFeatures(), new WordFeatures(), new AlgebraFeatures(), new LogicFeatures(), new FinalFeatures(), new AgentFeatures(), new LogprobFeatures(), new GroundingFeatures(), new OperationFeatures()];

    public static IReadOnlyList<string> Names { get; } = [.. All.SelectMany(static g => g.Names)];
}
