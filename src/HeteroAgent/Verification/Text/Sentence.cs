namespace HeteroAgent;

/// <summary>One sentence of the question.</summary>
internal sealed class Sentence
{
    public Sentence(List<string> words)
    {
        Keys = OperationKeys.Of(words);
        foreach (string word in words)
        {
            if (StopWords.IsContent(word))
            {
                _ = Content.Add(StopWords.Stem(word));
            }
        }
    }

    public HashSet<string> Content { get; } = [];

    /// <summary>The operations that its words speak for.</summary>
    public OperationKeys Keys { get; }
}
