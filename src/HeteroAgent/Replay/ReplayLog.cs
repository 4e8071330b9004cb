namespace HeteroAgent;

/// <summary>A log of prompts that two models answered, with correctness: what escalation policies are replayed on.</summary>
/// <remarks>Immutable and safe to share between threads.</remarks>
public sealed class ReplayLog
{
    /// <summary>Creates a log.</summary>
    /// <param name="rows">The rows.</param>
    /// <exception cref="ArgumentNullException"><paramref name="rows"/> or a row is <see langword="null"/>.</exception>
    public ReplayLog(IEnumerable<ReplayRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ReplayRow[] copy = [.. rows];
        if (Array.IndexOf(copy, null) is >= 0 and int missing)
        {
            throw new ArgumentNullException(nameof(rows), $"Row {missing} is null.");
        }

        Rows = copy;
        DuplicatePrompts = copy.Length - copy.Select(r => r.Prompt).Distinct().Count();
    }

    /// <summary>Gets the rows in the order of the file.</summary>
    public IReadOnlyList<ReplayRow> Rows { get; }

    /// <summary>Gets how many rows repeat the prompt of an earlier one. They are kept, and always fall into one fold with it.</summary>
    public int DuplicatePrompts { get; }

    /// <summary>Gets the name of the cheap model, where the log tells it.</summary>
    public string? WeakName { get; init; }

    /// <summary>Gets the name of the frontier model, where the log tells it.</summary>
    public string? StrongName { get; init; }

    /// <summary>Reads a log from a file.</summary>
    /// <param name="path">The file: CSV where its name ends in <c>.csv</c>, otherwise JSON lines.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The log.</returns>
    /// <remarks>
    /// <para>JSON lines: <c>{"id", "prompt", "weak": {"answer", "correct", "cost"?, "signals"?}, "strong": {"answer"?, "correct", "cost"?}}</c>; <c>correct</c> is a Boolean. Without an <c>id</c> the line number is one.</para>
    /// <para>CSV with a header (RFC 4180): the columns <c>prompt</c>, <c>weak_answer</c>, <c>weak_correct</c>, <c>strong_correct</c> and, where known, <c>id</c>, <c>strong_answer</c>, <c>weak_cost</c>, <c>strong_cost</c>;
    /// or as RouteLLM writes it: <c>prompt</c>, the weak model's name, the strong model's name, and the names again with <c>_response</c>. Correctness is True or False.</para>
    /// </remarks>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ReplayLogException">The content is not such a log; the exception names the line.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static async Task<ReplayLog> ReadAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string text = await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false);
        return path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? ParseCsv(text) : ParseJsonLines(text);
    }

    /// <summary>Reads a log from the text of JSON lines, as <see cref="ReadAsync"/> describes them.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The log.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="ReplayLogException">The text is not such a log; the exception names the line.</exception>
    public static ReplayLog ParseJsonLines(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ReplayJsonLines.Read(text);
    }

    /// <summary>Reads a log from the text of a CSV file, as <see cref="ReadAsync"/> describes it.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The log.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="ReplayLogException">The text is not such a log; the exception names the line.</exception>
    public static ReplayLog ParseCsv(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ReplayCsv.Read(text);
    }
}
