namespace HeteroAgent;

/// <summary>How plausible the operations of one step are, and what they take up.</summary>
internal sealed class OperationStep
{
    private const int MostPairs = 400;

    public IReadOnlyList<Operation> Operations { get; private init; } = [];

    /// <summary>The log-probability of each operation given its two quantities.</summary>
    public List<double> GivenPair { get; } = [];

    /// <summary>The log-probability of each operation given the words before it.</summary>
    public List<double> GivenWords { get; } = [];

    /// <summary>The log-probability of choosing just these two quantities.</summary>
    public List<double> Choice { get; } = [];

    /// <summary>The lowest rank of a chosen pair, from 1.</summary>
    public int Rank { get; private set; }

    /// <summary>The most by which another operation was more plausible.</summary>
    public double BestOther { get; private set; } = double.NaN;

    public int FirstUses { get; private set; }

    public int Reuses { get; private set; }

    public int Unknown { get; private set; }

    public int UnitClashes { get; private set; }

    /// <summary>The question's quantities that no operation has used yet.</summary>
    public int Unused { get; private set; }

    public static OperationStep Of(OperationTrace trace, List<MathToken> tokens, int index, OperationModel model)
    {
        OperationStep step = new() { Operations = OperationReader.Read(tokens) };
        foreach (Operation operation in step.Operations)
        {
            step.Take(trace.Known, tokens, index, operation, model);
        }

        step.Unused = trace.Known.All.Count(static q => q is { Step: < 0, Uses: 0 });
        return step;
    }

    private void Take(KnownQuantities known, List<MathToken> tokens, int index, Operation operation, OperationModel model)
    {
        WordedQuantity? left = known.Find(operation.Left), right = known.Find(operation.Right);
        Judge(known, tokens, index, operation, left, right, model);
        if (operation.Sign is '+' or '-' && left is { Unit.Length: > 0 } && right is { Unit.Length: > 0 } && left.Unit != right.Unit)
        {
            UnitClashes++;
        }

        Use(left);
        Use(right);
        known.Compute(tokens, operation, index);
    }

    private void Judge(KnownQuantities known, List<MathToken> tokens, int index, Operation operation, WordedQuantity? left, WordedQuantity? right, OperationModel model)
    {
        int sign = OperationModel.SignIndex(operation.Sign);
        Span<double> logs = stackalloc double[OperationModel.SignCount];
        model.GivenPair(left ?? KnownQuantities.Constant(operation.Left), right ?? KnownQuantities.Constant(operation.Right), logs);
        GivenPair.Add(logs[sign]);
        double best = double.NegativeInfinity;
        for (int i = 0; i < logs.Length; i++)
        {
            best = i == sign ? best : Math.Max(best, logs[i]);
        }

        BestOther = double.IsNaN(BestOther) ? best - logs[sign] : Math.Max(BestOther, best - logs[sign]);
        model.GivenWords(OperationModel.WordsBefore(tokens, operation.Start), logs);
        GivenWords.Add(logs[sign]);
        if (left is not null && right is not null && !ReferenceEquals(left, right))
        {
            (double log, int rank) = model.ChoiceOf(known.All, left, right, index, MostPairs);
            if (!double.IsNaN(log))
            {
                Choice.Add(log);
                Rank = Math.Max(Rank, rank);
            }
        }
    }

    private void Use(WordedQuantity? quantity)
    {
        if (quantity is null)
        {
            Unknown++;
            return;
        }

        FirstUses += quantity is { Step: < 0, Uses: 0 } ? 1 : 0;
        Reuses += quantity is { Step: < 0, Uses: > 0 } ? 1 : 0;
        quantity.Uses++;
    }
}
