using System.Security.Cryptography;

namespace HeteroAgent.LlamaCpp;

/// <summary>Examples to train or evaluate a specialist with. Immutable and thread-safe.</summary>
/// <remarks>
/// A set is read from JSON lines. Each line is one of
/// <c>{"messages": […], "tools": […]}</c> (the form of TRL, Unsloth and NeMo; a call's arguments as object or text),
/// <c>{"prompt": …, "completion" | "answer" | "response": …}</c> (text or turns),
/// <c>{"request": …, "call": {"tool": …, "args": {…}}}</c> (or <c>name</c> and <c>arguments</c>),
/// <c>{"text": …, "label": …}</c> and
/// <c>{"instruction": …, "input": …, "output": …}</c>; forms may be mixed. A member <c>key</c> names the example's group.
/// A line that cannot be used is reported in <see cref="Rejected"/>, and nothing else is lost.
/// </remarks>
public sealed class TuningSet
{
    private TuningSet(IReadOnlyList<TuningExample> examples, IReadOnlyList<RejectedLine> rejected)
    {
        Examples = examples;
        Rejected = rejected;
    }

    /// <summary>Gets the examples in the order of their lines.</summary>
    public IReadOnlyList<TuningExample> Examples { get; }

    /// <summary>Gets the lines that are not used, in their order, with the reasons. Blank lines are not among them.</summary>
    public IReadOnlyList<RejectedLine> Rejected { get; }

    /// <summary>Makes a set of examples.</summary>
    /// <param name="examples">The examples, at least one.</param>
    /// <returns>The set.</returns>
    /// <exception cref="TuningSetException">There is no example.</exception>
    public static TuningSet FromExamples(IEnumerable<TuningExample> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return Checked([.. examples], [], 1, "The set");
    }

    /// <summary>Reads a set from a file of JSON lines.</summary>
    /// <param name="path">The file, in UTF-8.</param>
    /// <param name="options">How to read it; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The set.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="TuningSetException">It holds fewer usable examples than <see cref="TuningSetOptions.MinExamples"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<TuningSet> ReadAsync(string path, TuningSetOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileStream file = new(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
        await using (file.ConfigureAwait(false))
        {
            return await ReadAsync(file, $"'{path}'", (options ?? new TuningSetOptions()).Validated(), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads a set from a stream of JSON lines.</summary>
    /// <param name="stream">The stream, in UTF-8. It stays open.</param>
    /// <param name="options">How to read it; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The set.</returns>
    /// <exception cref="TuningSetException">It holds fewer usable examples than <see cref="TuningSetOptions.MinExamples"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<TuningSet> ReadAsync(Stream stream, TuningSetOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return ReadAsync(stream, "The set", (options ?? new TuningSetOptions()).Validated(), cancellationToken);
    }

    /// <summary>Refuses two sets that share a prompt, without regard to case and white space: a figure on such a set says nothing.</summary>
    /// <param name="training">The set to train on.</param>
    /// <param name="evaluation">The set to evaluate on.</param>
    /// <exception cref="TuningSetException">They share a prompt; <see cref="TuningSetException.Overlaps"/> names the lines.</exception>
    public static void RequireDisjoint(TuningSet training, TuningSet evaluation)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(evaluation);
        Dictionary<string, int> lines = new(StringComparer.Ordinal);
        foreach (TuningExample example in training.Examples)
        {
            lines.TryAdd(PromptIdentity.Of(example), example.Line);
        }

        TuningOverlap[] overlaps = [.. evaluation.Examples
            .Select(e => lines.TryGetValue(PromptIdentity.Of(e), out int line) ? new TuningOverlap(line, e.Line) : null)
            .OfType<TuningOverlap>()];
        if (overlaps.Length > 0)
        {
            throw new TuningSetException(
                TuningSetError.Overlap,
                $"{overlaps.Length} of {evaluation.Examples.Count} evaluation prompts stand in the training set too (training line and evaluation line: {string.Join(", ", overlaps.Take(5).Select(o => $"{o.TrainingLine} and {o.EvaluationLine}"))}{(overlaps.Length > 5 ? ", …" : "")}). Take them out of one of the two.",
                overlaps: overlaps);
        }
    }

    /// <summary>Splits the set so that all examples of one <see cref="TuningExample.Key"/> stand on one side. The same set, fraction and seed give the same split on every machine.</summary>
    /// <param name="fraction">The share of examples to hold out, in (0, 1). Groups are held out whole, so it is met as nearly as they allow.</param>
    /// <param name="seed">Chooses among the splits.</param>
    /// <returns>The two parts, each with at least one example.</returns>
    /// <exception cref="TuningSetException">All examples have one key.</exception>
    public TuningSplit Split(double fraction, int seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(fraction);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(fraction, 1);
        (string Key, int Count)[] groups = [.. Examples.GroupBy(PromptIdentity.Group, StringComparer.Ordinal).Select(g => (g.Key, g.Count()))];
        if (groups.Length < 2)
        {
            throw new TuningSetException(TuningSetError.CannotSplit, $"All {Examples.Count} examples have one key, so that they cannot be split; at least two keys were expected.");
        }

        HashSet<string> held = new(StringComparer.Ordinal);
        double wanted = fraction * Examples.Count;
        int count = 0;
        foreach ((string key, int size) in groups.OrderBy(g => PromptIdentity.Hash(g.Key, seed)).ThenBy(g => g.Key, StringComparer.Ordinal).SkipLast(1))
        {
            // A group that overshoots by more than it fills is left to the other side.
            if (held.Count == 0 || Math.Abs(count + size - wanted) < Math.Abs(count - wanted))
            {
                held.Add(key);
                count += size;
            }
        }

        ILookup<bool, TuningExample> sides = Examples.ToLookup(e => held.Contains(PromptIdentity.Group(e)));
        return new TuningSplit(new TuningSet([.. sides[false]], []), new TuningSet([.. sides[true]], []));
    }

    /// <summary>Makes extraction examples of the examples whose answer is one call with text values: each value stands in the request as whole words, or is of a closed set.</summary>
    /// <remarks>
    /// <para>Where a value stands several times, the places are chosen so that values do not overlap: in the order of the arguments where that is possible, else leftmost. Another case counts only where the value does not stand exactly.</para>
    /// <para>A slot is closed where at least one value does not stand in its request and either the tool's schema gives an <c>enum</c>, or a fifth of the values do not stand in theirs and 2 to 64 values that are each used three times or more make up nine tenths of all.</para>
    /// </remarks>
    /// <returns>The examples that fit; the others are in <see cref="ExtractiveSet.Rejected"/> with the reasons.</returns>
    /// <exception cref="TuningSetException">No example fits, or a tool has more than 64 slots.</exception>
    public ExtractiveSet ToExtractive() => ExtractiveSetBuilder.Build(this, new WordSplitter(WordSplitter.UsualPattern));

    /// <summary>Makes extraction examples like the other overload, with the closed sets of the set that a model is trained with: few examples do not show which slots are closed.</summary>
    /// <param name="closedSlots">The slots that are closed, each once. The values of all others must stand in the requests.</param>
    /// <returns>The examples that fit; the others are in <see cref="ExtractiveSet.Rejected"/> with the reasons.</returns>
    /// <exception cref="ArgumentException">A slot stands in the list twice.</exception>
    /// <exception cref="TuningSetException">No example fits, or a tool has more than 64 slots.</exception>
    public ExtractiveSet ToExtractive(IReadOnlyList<ClosedSlot> closedSlots)
    {
        ArgumentNullException.ThrowIfNull(closedSlots);
        return ExtractiveSetBuilder.Build(this, new WordSplitter(WordSplitter.UsualPattern), closedSlots);
    }

    /// <summary>Writes the set as JSON lines in the "messages" form.</summary>
    /// <param name="path">The file, which is replaced.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <returns>When it is written.</returns>
    /// <exception cref="UnsupportedContentException">A turn holds content that is neither text nor a call nor a result.</exception>
    public async Task WriteAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous);
        await using (file.ConfigureAwait(false))
        {
            await WriteAsync(file, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes the set as JSON lines in the "messages" form.</summary>
    /// <param name="stream">The stream. It stays open.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <returns>When it is written.</returns>
    /// <exception cref="UnsupportedContentException">A turn holds content that is neither text nor a call nor a result.</exception>
    public async Task WriteAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        foreach (TuningExample example in Examples)
        {
            await stream.WriteAsync(TuningLineWriter.Write(example), cancellationToken).ConfigureAwait(false);
            await stream.WriteAsync("\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<TuningSet> ReadAsync(Stream stream, string name, TuningSetOptions options, CancellationToken cancellationToken)
    {
        List<TuningExample> examples = [];
        List<RejectedLine> rejected = [];
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        await foreach ((int number, ReadOnlyMemory<byte>? bytes) in ByteLines.ReadAsync(stream, options.MaxLineBytes, cancellationToken).ConfigureAwait(false))
        {
            if (bytes is not { } line)
            {
                rejected.Add(new RejectedLine(number, $"it is longer than {options.MaxLineBytes} bytes"));
                continue;
            }

            if (line.Span.Trim(" \t\r"u8).IsEmpty)
            {
                continue;
            }

            try
            {
                TuningExample example = TuningLineReader.Read(line, number, options.MaxDepth);
                string identity = Convert.ToHexString(SHA256.HashData(TuningLineWriter.Write(example).Span));
                if (!seen.TryAdd(identity, number) && !options.KeepDuplicates)
                {
                    throw new FormatException($"it says the same as line {seen[identity]}");
                }

                examples.Add(example);
            }
            catch (FormatException e)
            {
                rejected.Add(new RejectedLine(number, e.Message));
            }
        }

        return Checked(examples, rejected, options.MinExamples, name);
    }

    private static TuningSet Checked(List<TuningExample> examples, List<RejectedLine> rejected, int least, string name) => examples.Count >= least
        ? new TuningSet(examples, rejected)
        : throw new TuningSetException(
            TuningSetError.TooFewExamples,
            $"{name} holds {examples.Count} usable {(examples.Count == 1 ? "example" : "examples")}; at least {least} {(least == 1 ? "is" : "are")} needed.{string.Concat(rejected.Take(3).Select(r => $" Line {r.Number}: {r.Reason}."))}",
            rejected);
}
