namespace HeteroAgent.LlamaCpp;

/// <summary>An example as varied for one epoch, with what is left to its encoding.</summary>
/// <param name="Example">The varied example.</param>
/// <param name="MergeDropout">The probability that a merge is left out; 0 for none.</param>
/// <param name="UnknownWords">The probability that a word becomes the unknown token; 0 for none.</param>
/// <param name="Seed">Seeds those two, so that the same epoch can be made again.</param>
internal readonly record struct AugmentedExample(ExtractiveExample Example, double MergeDropout, double UnknownWords, int Seed);
