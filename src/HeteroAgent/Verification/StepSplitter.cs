namespace HeteroAgent;

/// <summary>Cuts free text into the steps of a <see cref="ReasoningTrace"/>.</summary>
/// <remarks>Thread-safe; one pass over the text.</remarks>
public static class StepSplitter
{
    /// <summary>Cuts a whole text at its line breaks; a code fence and a displayed formula stay together.</summary>
    /// <param name="text">The text of an answer.</param>
    /// <returns>The steps in order without the white space around them; at least one, which is empty where the text is blank.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    public static IReadOnlyList<string> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return StepReader.Split(text);
    }
}
