namespace HeteroAgent;

/// <summary>A trace, read once for all groups of features.</summary>
internal sealed class TraceText
{
    public TraceText(ReasoningTrace trace, CancellationToken cancellationToken)
    {
        Source = trace;
        Question = new TextView(trace.Question);
        var views = new TextView[trace.Steps.Count];
        for (int i = 0; i < views.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            views[i] = new TextView(trace.Steps[i]);
        }

        Steps = views;
        Asked = new QuestionText(Question);
        Context = trace.Context.Count == 0 ? null : new TextView(string.Join('\n', trace.Context));
        StepFlow[] flows = ValueFlow.Of(Asked, views, Context);
        Flows = flows;
        Totals = StepTotals.Of(Asked, views, flows);
        FirstTool = Array.FindIndex(views, static v => v.Tools is not null);
        Agent = AgentState.Of(Asked, views, trace.IsComplete);
        Swaps = SwapSimulation.Of(trace.Question, Question, views);
        Hedges = HedgeCounts.Of(views);
        Answers = FinalAnswer.Of(trace, views);
        Operations = new(Question.Tokens, views.Select(static v => v.Tokens), OperationModel.Default);
    }

    public ReasoningTrace Source { get; }

    public TextView Question { get; }

    public IReadOnlyList<TextView> Steps { get; }

    public QuestionText Asked { get; }

    /// <summary>Where the numbers of each step come from.</summary>
    public IReadOnlyList<StepFlow> Flows { get; }

    public IReadOnlyList<StepTotals> Totals { get; }

    /// <summary>Where an agent stands at each step; <see langword="null"/> where no tool is used.</summary>
    public IReadOnlyList<AgentStep>? Agent { get; }

    /// <summary>The first step that uses a tool, or -1.</summary>
    public int FirstTool { get; }

    /// <summary>What each step says of swaps; <see langword="null"/> where there are none to follow.</summary>
    public IReadOnlyList<SwapState>? Swaps { get; }

    /// <summary>The passages that the model was given, as one text; <see langword="null"/> where there are none.</summary>
    public TextView? Context { get; }

    /// <summary>Words of correction and doubt, by step and list.</summary>
    public HedgeCounts Hedges { get; }

    public FinalAnswer Answers { get; }

    /// <summary>The trace's operations, judged by what worked solutions do.</summary>
    public OperationTrace Operations { get; }

    /// <summary>Whether what follows a step is known.</summary>
    public bool IsComplete => Source.IsComplete;

    public bool IsLast(int step) => step == Steps.Count - 1;
}
