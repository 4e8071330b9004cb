namespace HeteroAgent.Cli;

/// <summary>What is to be trained, and how long.</summary>
/// <param name="Output">The file to write, as a full path.</param>
/// <param name="Encoder">The encoder of <c>--classify</c>, or the teacher of <c>--extract</c>.</param>
/// <param name="Base">The base model of <c>--lora</c>.</param>
/// <param name="Shape">The shape of <c>--scratch</c>.</param>
/// <param name="Vocabulary">The size of the vocabulary of <c>--scratch</c>.</param>
/// <param name="Limit">The most time to train, or null.</param>
/// <param name="Resume">Whether to go on from a checkpoint.</param>
/// <param name="Seed">The seed of whatever is drawn.</param>
internal sealed record TuneRequest(string Output, string? Encoder, string? Base, string? Shape, int? Vocabulary, TimeSpan? Limit, bool Resume, int Seed)
{
    /// <summary>Gets how many models of <c>--extract</c> are trained, to be averaged.</summary>
    internal int? Models { get; init; }

    /// <summary>Gets the file that an interrupted training goes on from.</summary>
    internal string Checkpoint => Output + ".checkpoint";
}
