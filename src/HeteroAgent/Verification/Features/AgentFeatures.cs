namespace HeteroAgent;

/// <summary>What an agent asked its tools, what came back, and what it made of it.</summary>
internal sealed class AgentFeatures : IFeatureGroup
{
    public IReadOnlyList<string> Names { get; } =
    [
        "agent.calls", "agent.callsBefore", "agent.hasResult", "agent.resultLength", "agent.repeatedCall", "agent.callOverlap", "agent.newDocuments", "agent.documents", "agent.questionInCall", "agent.callFromQuestion", "agent.callNew",
        "agent.questionNewlyCovered", "agent.questionCovered", "agent.callInResult", "agent.failure", "agent.answers", "agent.answerWords", "agent.answerGrounded", "agent.answerInQuestion", "agent.spoken", "agent.spokenGrounded", "agent.admits",
        "agent.answerWithoutSearch", "agent.callCovered", "agent.sameAsPrevious", "agent.queries", "agent.namesInCall", "agent.answerInLastResult", "agent.answerFrequency", "agent.spokenNames", "agent.spokenNamesGrounded",
    ];

    public void Write(TraceText trace, int step, Span<float> values)
    {
        // A step before the first tool knows nothing of an agent yet.
        if (trace.Agent is not { } agent || (step < trace.FirstTool && !trace.IsComplete))
        {
            return;
        }

        TextView view = trace.Steps[step];
        ToolExchange? tools = view.Tools;
        AgentStep state = agent[step];
        HashSet<string> question = trace.Question.Content;
        int at = 0;
        values[at++] = tools?.Calls.Count ?? 0;
        values[at++] = state.CallsBefore;
        values[at++] = tools is { Results.Length: > 0 } ? 1 : 0;
        values[at++] = (float)Math.Log10(1 + (tools?.Results.Length ?? 0));
        bool calls = tools is { Calls.Count: > 0 };
        values[at++] = calls ? state.RepeatsCall ? 1 : 0 : float.NaN;
        values[at++] = calls ? state.CallOverlap : float.NaN;
        values[at++] = tools is { Documents.Count: > 0 } ? (float)state.NewDocuments / tools.Documents.Count : float.NaN;
        values[at++] = tools?.Documents.Count ?? float.NaN;
        values[at++] = calls ? Overlap.Covered(question, tools!.CallWords) : float.NaN;
        values[at++] = calls ? Overlap.Covered(tools!.CallWords, question) : float.NaN;
        values[at++] = calls ? state.NewCallWords : float.NaN;
        values[at++] = state.NewlyCovered;
        values[at++] = state.Covered;
        values[at++] = calls && tools!.Results.Length > 0 ? Overlap.Covered(tools.CallWords, tools.ResultWords) : float.NaN;
        values[at++] = tools is null ? float.NaN : state.Fails ? 1 : 0;
        bool answers = state.Answer.Count > 0;
        values[at++] = answers ? 1 : 0;
        values[at++] = answers ? state.Answer.Count : float.NaN;
        values[at++] = answers ? state.AnswerGrounded : float.NaN;
        values[at++] = answers ? Overlap.Covered(state.Answer, question) : float.NaN;
        values[at++] = view.Words.Count;
        values[at++] = view.Content.Count > 0 ? state.SpokenGrounded : float.NaN;
        values[at++] = state.Admits ? 1 : 0;
        values[at++] = answers && state.CallsBefore == 0 ? 1 : 0;
        values[at++] = calls ? state.CallCovered : float.NaN;
        values[at++] = calls ? state.OverlapWithPrevious : float.NaN;
        values[at++] = calls ? tools!.CallWords.Count : float.NaN;
        values[at++] = calls ? AgentState.Names(string.Join(' ', tools!.Calls)).Count : float.NaN;
        values[at++] = answers ? state.AnswerInLastResult : float.NaN;
        values[at++] = answers ? state.AnswerFrequency : float.NaN;
        values[at++] = state.SpokenNames;
        values[at] = state.SpokenNamesGrounded;
    }
}
