using System.Collections.Frozen;

namespace HeteroAgent;

/// <summary>How often words of correction, doubt, assumption and conclusion occur in each step, and in all steps before and after it.</summary>
internal sealed class HedgeCounts
{
    private static readonly (string Name, FrozenSet<string> Words)[] Lists =
    [
        ("correction", Set("wait actually mistake error incorrect wrong correction corrected re recheck recalculate reconsider revise apologize sorry oops mistakenly incorrectly instead misread misinterpreted overlooked realize")),
        ("contrast", Set("however but although though yet nevertheless still otherwise")),
        ("hedge", Set("should maybe perhaps might probably likely seems appears could possibly presumably approximately about around roughly nearly almost estimate")),
        ("assumption", Set("assume assuming assumed suppose supposing let given if interpret interpretation implies typically usually normally")),
        ("conclusion", Set("therefore thus hence so finally final conclusion answer total altogether result")),
        ("check", Set("check verify verifying confirm confirms indeed satisfies consistent match matches correct")),
        ("negation", Set("not no cannot can't doesn't don't isn't won't never none without impossible unclear ambiguous insufficient unknown")),
        ("begin", Set("first firstly start begin determine understand need find calculate break step steps")),
        ("obvious", Set("clearly obviously simply just easily directly")),
    ];

    private static readonly FrozenDictionary<string, int> ListOf = Lists.SelectMany(static (l, i) => l.Words.Select(w => (Word: w, Index: i))).DistinctBy(static p => p.Word).ToFrozenDictionary(static p => p.Word, static p => p.Index);

    private readonly int[] _counts;
    private readonly int[] _before;

    private HedgeCounts(int[] counts, int[] before)
    {
        _counts = counts;
        _before = before;
    }

    public static IReadOnlyList<string> ListNames { get; } = [.. Lists.Select(static l => l.Name)];

    public static HedgeCounts Of(IReadOnlyList<TextView> steps)
    {
        int width = Lists.Length;
        int[] counts = new int[steps.Count * width], before = new int[(steps.Count + 1) * width];
        for (int i = 0; i < steps.Count; i++)
        {
            foreach (string word in steps[i].Words)
            {
                if (ListOf.TryGetValue(word, out int list))
                {
                    counts[(i * width) + list]++;
                }
            }

            for (int list = 0; list < width; list++)
            {
                before[((i + 1) * width) + list] = before[(i * width) + list] + counts[(i * width) + list];
            }
        }

        return new HedgeCounts(counts, before);
    }

    /// <summary>The index of the list that a word is in, or NaN.</summary>
    public static float Kind(string word) => ListOf.TryGetValue(word, out int list) ? list : float.NaN;

    public int Here(int step, int list) => _counts[(step * Lists.Length) + list];

    public int Before(int step, int list) => _before[(step * Lists.Length) + list];

    public int After(int step, int list) => _before[^(Lists.Length - list)] - _before[((step + 1) * Lists.Length) + list];

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet();
}
