namespace HeteroAgent;

/// <summary>The operations of a trace step by step, each judged against the quantities that were known when it was written.</summary>
internal sealed class OperationTrace
{
    private readonly List<OperationStep> _steps = [];

    public OperationTrace(List<MathToken> question, IEnumerable<List<MathToken>> steps, OperationModel model)
    {
        Known = new KnownQuantities(question);
        Given = Known.All.Count;
        foreach (List<MathToken> step in steps)
        {
            _steps.Add(OperationStep.Of(this, step, _steps.Count, model));
        }
    }

    /// <summary>The quantities known so far; it grows while the steps are read.</summary>
    public KnownQuantities Known { get; }

    /// <summary>How many quantities the question gives.</summary>
    public int Given { get; }

    public IReadOnlyList<OperationStep> Steps => _steps;
}
