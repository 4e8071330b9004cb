namespace HeteroAgent;

/// <summary>Gives each step the log-probabilities of its tokens.</summary>
internal static class StepLogprobs
{
    // A character cut between two tokens shows as U+FFFD in both, so the walk may have to look ahead a little to find its place again.
    private const int Reach = 16;

    /// <summary>Aligns by text: a token belongs to the step in which its first visible character stands.</summary>
    /// <returns>One list a step, or an empty list where a step does not occur in the text or there are no tokens.</returns>
    public static IReadOnlyList<IReadOnlyList<TokenLogprob>> Align(string text, IReadOnlyList<string> steps, IReadOnlyList<TokenLogprob> tokens)
    {
        if (tokens.Count == 0)
        {
            return [];
        }

        int[] ends = new int[steps.Count];
        int position = 0;
        for (int i = 0; i < steps.Count; i++)
        {
            int start = text.IndexOf(steps[i], position, StringComparison.Ordinal);
            if (start < 0)
            {
                return [];
            }

            ends[i] = position = start + steps[i].Length;
        }

        List<TokenLogprob>[] aligned = [.. steps.Select(static _ => new List<TokenLogprob>())];
        int step = 0;
        position = 0;
        foreach (TokenLogprob token in tokens)
        {
            int at = token.Text.Length == 0 ? -1 : text.IndexOf(token.Text, position, Math.Min(text.Length - position, token.Text.Length + Reach), StringComparison.Ordinal);
            int first = at < 0 ? position : at + (token.Text.Length - token.Text.AsSpan().TrimStart().Length);
            while (step < ends.Length && first >= ends[step])
            {
                step++;
            }

            if (step == ends.Length)
            {
                break;
            }

            aligned[step].Add(token);
            position = at < 0 ? position : at + token.Text.Length;
        }

        return aligned;
    }
}
