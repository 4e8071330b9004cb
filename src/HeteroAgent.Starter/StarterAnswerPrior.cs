namespace HeteroAgent.Starter;

/// <summary>The starter prior of <see cref="ReplayOptions.Prior"/>: trained on GSM8K's training questions and on four models' published solutions. <c>ANSWER_PRIOR_CARD.md</c> beside the file says how it was made and what it is worth.</summary>
public static class StarterAnswerPrior
{
    /// <summary>Gets the file, which this package puts beside the program: <c>starter/answers.prior</c>.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "starter", "answers.prior");

    /// <summary>Loads the prior.</summary>
    /// <returns>The prior.</returns>
    /// <exception cref="FileNotFoundException">The file is not beside the program.</exception>
    /// <exception cref="FormatException">The file is damaged.</exception>
    public static AnswerPrior Load()
    {
        if (!File.Exists(Path))
        {
            throw new FileNotFoundException($"'{Path}' is missing: the package HeteroAgent.Starter copies it there when a program that references it is built or published.", Path);
        }

        using FileStream stream = File.OpenRead(Path);
        return AnswerPrior.Load(stream);
    }
}
