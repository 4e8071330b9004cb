using System.Collections.Frozen;

namespace HeteroAgent;

/// <summary>Words of correction, of doubt, of assumption and of conclusion, in this step, the next and all later ones.</summary>
internal sealed class HedgeFeatures : IFeatureGroup
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

    public IReadOnlyList<string> Names { get; } = [.. Lists.Select(static l => $"hedge.{l.Name}"), .. Lists.Select(static l => $"hedge.{l.Name}Next"), "hedge.correctionLater", "hedge.contrastLater", "hedge.hedgeLater", "hedge.checkLater", "hedge.correctionBefore", "hedge.assumptionBefore", "hedge.startsWith"];

    public void Write(TraceText trace, int step, Span<float> values)
    {
        int at = 0;
        foreach ((string _, FrozenSet<string> words) in Lists)
        {
            values[at++] = Count(trace.Steps[step], words);
        }

        bool hasNext = trace.IsComplete && !trace.IsLast(step);
        foreach ((string _, FrozenSet<string> words) in Lists)
        {
            values[at++] = hasNext ? Count(trace.Steps[step + 1], words) : float.NaN;
        }

        foreach (int list in (ReadOnlySpan<int>)[0, 1, 2, 5])
        {
            int later = 0;
            for (int i = step + 1; i < trace.Steps.Count && trace.IsComplete; i++)
            {
                later += Count(trace.Steps[i], Lists[list].Words);
            }

            values[at++] = trace.IsComplete ? later : float.NaN;
        }

        int corrections = 0, assumptions = 0;
        for (int i = 0; i < step; i++)
        {
            corrections += Count(trace.Steps[i], Lists[0].Words);
            assumptions += Count(trace.Steps[i], Lists[3].Words);
        }

        values[at++] = corrections;
        values[at++] = assumptions;
        values[at] = trace.Steps[step].Words is [var first, ..] ? Array.FindIndex(Lists, l => l.Words.Contains(first)) : float.NaN;
    }

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet();

    private static int Count(TextView view, FrozenSet<string> words)
    {
        int count = 0;
        foreach (string word in view.Words)
        {
            count += words.Contains(word) ? 1 : 0;
        }

        return count;
    }
}
