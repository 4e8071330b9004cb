namespace HeteroAgent;

/// <summary>What the numbers of an answer tell: computations that are wrong, operands from nowhere, numbers of the question that were never used.</summary>
internal static class AnswerArithmeticFeatures
{
    private static readonly double[] Constants = [1, 2, 3, 4, 7, 10, 12, 24, 30, 31, 52, 60, 100, 365, 1000, 0.5, 0.01];

    internal static void Add(FeatureList list, AnswerText text)
    {
        List<TextEquation> equations = text.Equations;
        int wrong = equations.Count(e => double.IsFinite(e.Computed) && !e.IsRight);
        list.Add("equations", equations.Count);
        list.Add("equations_wrong", wrong);
        list.Add("equations_wrong_any", wrong > 0);
        list.Add("equations_error", equations.Count == 0 ? double.NaN : equations.Max(e => double.IsFinite(e.Computed) ? Math.Min(10, Math.Abs(e.Computed - e.Stated) / (1 + Math.Abs(e.Computed))) : 0));
        list.Add("numbers", text.Numbers.Count);
        list.Add("numbers_a_sentence", text.Sentences.Length == 0 ? double.NaN : (double)text.Numbers.Count / text.Sentences.Length);
        list.Add("operands_an_equation", equations.Count == 0 ? double.NaN : equations.Average(e => e.Operands.Count));
        list.Add("operands_most", equations.Count == 0 ? 0 : equations.Max(e => e.Operands.Count));
        foreach (char operation in "+-*/")
        {
            list.Add($"operations_{operation}", equations.Sum(e => e.Operations.Count(o => o == operation)));
        }

        list.Add("operations", equations.Sum(e => e.Operations.Length));
        list.Add("last_operation", equations.Count == 0 ? double.NaN : "+-*/".IndexOf(equations[^1].Operations[^1]));
        list.Add("results_fractional", equations.Count(e => !IsWhole(e.Stated)));
        list.Add("results_fractional_first", equations.Count == 0 ? double.NaN : (double)equations.FindIndex(e => !IsWhole(e.Stated)) / equations.Count);
        list.Add("results_negative", equations.Count(e => e.Computed < 0));
        list.Add("results_largest_log", equations.Count == 0 ? double.NaN : Math.Log(1 + equations.Max(e => Math.Abs(e.Stated))));
        list.Add("results_repeated", equations.Count - equations.Select(e => e.Stated).Distinct().Count());
        list.Add("equations_repeated", equations.Count - equations.Select(e => (e.Operations, e.Computed)).Distinct().Count());
        AddProvenance(list, text);
        AddFinal(list, text);
    }

    private static void AddProvenance(FeatureList list, AnswerText text)
    {
        HashSet<double> asked = [.. text.QuestionNumbers.Select(n => n.Value), .. text.QuestionNumbers.Where(n => n.IsPercent).Select(n => n.Value / 100)];
        HashSet<double> named = [.. TextNumber.FindWords(text.QuestionWords)];
        HashSet<double> known = [];
        Dictionary<double, int> pending = [];
        int fromQuestion = 0;
        int fromWords = 0;
        int fromResults = 0;
        int fromConstants = 0;
        int fromNowhere = 0;
        int operands = 0;
        int firstNowhere = -1;
        int usesLast = 0;
        double last = double.NaN;
        for (int e = 0; e < text.Equations.Count; e++)
        {
            TextEquation equation = text.Equations[e];
            foreach (double operand in equation.Operands)
            {
                operands++;
                usesLast += Same(operand, last) ? 1 : 0;
                if (known.Contains(operand))
                {
                    fromResults++;
                    pending.Remove(operand);
                }
                else if (asked.Contains(operand))
                {
                    fromQuestion++;
                }
                else if (named.Contains(operand))
                {
                    fromWords++;
                }
                else if (Constants.Contains(operand) || asked.Any(a => Same(100 - a, operand) || Same(1 - a, operand) || Same(1 + a, operand)))
                {
                    fromConstants++;
                }
                else
                {
                    fromNowhere++;
                    firstNowhere = firstNowhere < 0 ? e : firstNowhere;
                }
            }

            known.Add(equation.Stated);
            pending[equation.Stated] = e;
            last = equation.Stated;
        }

        pending.Remove(text.FinalValue);
        HashSet<double> mentioned = [.. text.Numbers.Select(n => n.Value)];
        double[] distinct = [.. text.QuestionNumbers.Select(n => n.Value).Distinct()];
        HashSet<double> used = [.. text.Equations.SelectMany(e => e.Operands)];
        list.Add("operands_question", operands == 0 ? double.NaN : (double)fromQuestion / operands);
        list.Add("operands_words", fromWords);
        list.Add("operands_results", operands == 0 ? double.NaN : (double)fromResults / operands);
        list.Add("operands_constants", fromConstants);
        list.Add("operands_nowhere", fromNowhere);
        list.Add("operands_nowhere_share", operands == 0 ? double.NaN : (double)fromNowhere / operands);
        list.Add("operands_nowhere_first", firstNowhere);
        list.Add("operands_last_result", text.Equations.Count < 2 ? double.NaN : (double)usesLast / (text.Equations.Count - 1));
        list.Add("results_dangling", pending.Count);
        list.Add("question_numbers", distinct.Length);
        list.Add("question_numbers_unmentioned", distinct.Count(n => !mentioned.Contains(n)));
        list.Add("question_numbers_unused", distinct.Count(n => !used.Contains(n) && !used.Contains(n / 100)));
        list.Add("question_number_words", named.Count);
        list.Add("question_percents", text.QuestionNumbers.Count(n => n.IsPercent));
        list.Add("question_fractional", text.QuestionNumbers.Count(n => !IsWhole(n.Value)));
        list.Add("question_largest_log", distinct.Length == 0 ? double.NaN : Math.Log(1 + distinct.Max()));
        list.Add("steps_a_number", distinct.Length == 0 ? double.NaN : (double)text.Equations.Count / distinct.Length);
        list.Add("operations_less_numbers", text.Equations.Sum(e => e.Operations.Length) - (distinct.Length + named.Count));
        list.Add("numbers_nowhere", text.Numbers.Count(n => !asked.Contains(n.Value) && !named.Contains(n.Value) && !known.Contains(n.Value) && !Constants.Contains(n.Value)));
    }

    private static void AddFinal(FeatureList list, AnswerText text)
    {
        double final = text.FinalValue;
        bool exists = !double.IsNaN(final);
        list.Add("final_exists", exists);
        list.Add("final_whole", exists ? (IsWhole(final) ? 1 : 0) : double.NaN);
        list.Add("final_log", exists ? Math.Log(1 + Math.Abs(final)) : double.NaN);
        list.Add("final_round", exists ? (final != 0 && final % 10 == 0 ? 1 : 0) : double.NaN);
        list.Add("final_is_last_result", exists && text.Equations.Count > 0 ? (Same(final, text.Equations[^1].Stated) ? 1 : 0) : double.NaN);
        list.Add("final_is_any_result", exists && text.Equations.Count > 0 ? (text.Equations.Any(e => Same(final, e.Stated)) ? 1 : 0) : double.NaN);
        list.Add("final_in_question", exists ? (text.QuestionNumbers.Any(n => Same(n.Value, final)) ? 1 : 0) : double.NaN);
        double largest = text.QuestionNumbers.Count == 0 ? double.NaN : text.QuestionNumbers.Max(n => n.Value);
        list.Add("final_to_largest_log", exists && largest > 0 && final > 0 ? Math.Log(final / largest) : double.NaN);
        list.Add("final_digits", exists ? final.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture).Length : double.NaN);
        list.Add("final_after_last_equation", text.Equations.Count == 0 ? double.NaN : Math.Log(1 + text.Text.Length - text.Equations[^1].End));
        list.Add("before_first_equation", text.Equations.Count == 0 ? double.NaN : Math.Log(1 + text.Equations[0].Start));
    }

    private static bool IsWhole(double value) => Math.Abs(value - Math.Round(value)) < 1e-9;

    private static bool Same(double a, double b) => Math.Abs(a - b) <= 1e-6 * Math.Max(1, Math.Abs(a));
}
