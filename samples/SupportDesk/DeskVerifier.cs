using System.Globalization;
using System.Text.RegularExpressions;
using HeteroAgent;

namespace SupportDesk;

/// <summary>
/// The desk's own rules, as a verifier of one's own may be written: sums and products of two numbers are right, and each number stands in the question, in a document or in an earlier step.
/// The verifier that comes with the library judges beside them, where it knows the kind of trace; a step is as good as the worse of both says.
/// </summary>
internal sealed partial class DeskVerifier(IProcessVerifier? trained) : IProcessVerifier
{
    public async ValueTask<VerificationResult> VerifyAsync(ReasoningTrace trace, CancellationToken cancellationToken = default)
    {
        VerificationResult rules = Check(trace);
        VerificationResult? other = trained is null ? null : await trained.VerifyAsync(trace, cancellationToken);
        if (other is null or { IsAbstained: true })
        {
            return rules;
        }

        StepScore[] scores = [.. rules.Steps.Zip(other.Steps, static (a, b) => a with { Score = Math.Min(a.Score, b.Score) })];
        return new(scores, rules.FirstError < 0 ? other.FirstError : other.FirstError < 0 ? rules.FirstError : Math.Min(rules.FirstError, other.FirstError), [.. rules.Reasons.Concat(other.Reasons).DistinctBy(static r => r.Step).OrderBy(static r => r.Step)]) { Domain = other.Domain };
    }

    private static VerificationResult Check(ReasoningTrace trace)
    {
        HashSet<decimal> known = [0, .. trace.Context.Prepend(trace.Question).SelectMany(Numbers)];
        known.UnionWith([.. known.Select(static n => n / 100)]);
        List<StepScore> scores = [];
        List<StepReason> reasons = [];
        for (int i = 0; i < trace.Steps.Count; i++)
        {
            string? fault = Fault(trace.Steps[i], known);
            scores.Add(new(i, fault is null ? 1 : 0));
            if (fault is not null)
            {
                reasons.Add(new(i, $"step {i + 1}: {fault}"));
            }

            known.UnionWith(Numbers(CitationMark().Replace(trace.Steps[i], "")));
        }

        return new(scores, scores.FindIndex(static s => s.Score == 0), reasons);
    }

    private static string? Fault(string step, HashSet<decimal> known)
    {
        HashSet<decimal> results = [];
        step = CitationMark().Replace(step, "");
        foreach (Match match in Equation().Matches(step))
        {
            decimal left = Number(match.Groups[1].Value);
            decimal right = Number(match.Groups[3].Value);
            decimal stated = Number(match.Groups[4].Value);
            decimal value = match.Groups[2].Value switch { "+" => left + right, "-" or "−" => left - right, _ => left * right };
            if (value != stated)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{match.Groups[1].Value} {match.Groups[2].Value} {match.Groups[3].Value} is {value:#,0.######}, not {match.Groups[4].Value}");
            }

            _ = results.Add(stated);
        }

        decimal? foreign = Numbers(step).Where(n => !known.Contains(n) && !results.Contains(n)).Cast<decimal?>().FirstOrDefault();
        return foreign is { } number ? string.Create(CultureInfo.InvariantCulture, $"{number:#,0.######} occurs neither in the question nor in a document nor in an earlier step") : null;
    }

    private static IEnumerable<decimal> Numbers(string text) => NumberPattern().Matches(text).Select(static m => Number(m.Value));

    private static decimal Number(string text) => decimal.TryParse(text, NumberStyles.AllowThousands | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) ? number : 0;

    [GeneratedRegex(@"(\d[\d,]*(?:\.\d+)?) ?([+×*−-]) ?(\d[\d,]*(?:\.\d+)?) = (\d[\d,]*(?:\.\d+)?)")]
    private static partial Regex Equation();

    [GeneratedRegex(@"\[\d+\]|^\d+\. ")]
    private static partial Regex CitationMark();

    [GeneratedRegex(@"\d[\d,]*(?:\.\d+)?")]
    private static partial Regex NumberPattern();
}
