namespace HeteroAgent;

/// <summary>What a <see cref="RetrievingChatClient"/> does where no passage bears on the question.</summary>
public enum NothingFoundBehavior
{
    /// <summary>Asks the model and tells it that nothing was found, so that it can say so.</summary>
    TellModel,

    /// <summary>Asks the model as if nothing had been looked for.</summary>
    AskUnchanged,

    /// <summary>Throws a <see cref="PassagesNotFoundException"/>, which <see cref="EscalateWhen.Faulted"/> claims.</summary>
    Throw,
}
