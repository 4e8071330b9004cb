namespace HeteroAgent;

/// <summary>How an answer is written: what applies to any text.</summary>
internal static class AnswerFormFeatures
{
    private static readonly HashSet<string> Stop =
    [
        "the", "a", "an", "of", "to", "in", "is", "are", "was", "were", "and", "or", "for", "on", "at", "it", "he", "she", "they", "his", "her", "their", "that", "this", "so", "as", "by",
        "with", "be", "has", "have", "had", "will", "does", "do", "did", "how", "many", "much", "what", "if", "then", "from", "each", "per", "would", "can",
    ];

    private static readonly string[][] Groups =
    [
        ["however", "but", "although", "though"], ["wait", "actually", "mistake", "correct", "incorrect", "error", "sorry"], ["let", "lets", "assume", "suppose", "denote", "represent", "equation", "solve"],
        ["approximately", "about", "around", "roughly", "round", "rounded", "rounding"], ["because", "since"], ["therefore", "thus", "hence"], ["so"], ["first", "second", "third", "finally", "next", "then"],
        ["not", "cannot", "doesn't", "don't", "didn't", "can't", "no", "never"], ["remaining", "left", "remain", "remains"], ["total", "altogether", "all", "together"], ["each", "per", "every"],
        ["more", "less", "fewer", "than"], ["half", "twice", "double", "triple", "third", "quarter", "times"], ["also", "another", "other", "additional", "extra"], ["original", "originally", "initially", "before"],
        ["if", "when", "would"], ["need", "needs", "needed", "must", "should"], ["percent", "percentage", "discount", "interest"], ["we", "i"], ["difference", "average", "ratio"], ["sold", "sell", "cost", "price", "pay", "paid", "earn", "earns"],
    ];

    internal static void Add(FeatureList list, AnswerText text)
    {
        list.Add("characters_log", Math.Log(1 + text.Text.Length));
        list.Add("words_log", Math.Log(1 + text.Words.Length));
        list.Add("sentences", text.Sentences.Length);
        list.Add("words_a_sentence", text.Sentences.Length == 0 ? double.NaN : (double)text.Words.Length / text.Sentences.Length);
        list.Add("longest_sentence", text.Sentences.Length == 0 ? 0 : Math.Log(1 + text.Sentences.Max(s => s.Length)));
        list.Add("lines", text.Text.Count(c => c == '\n'));
        list.Add("blank_lines", Count(text.Text, "\n\n"));
        list.Add("ends_open", text.Text.Length == 0 || (char.IsLetterOrDigit(text.Text[^1]) ? 1 : 0) > 0 || "+-*/=$(<,:x".Contains(text.Text[^1]));
        list.Add("ends_in_operator", text.Text.Length > 0 && "+-*/=$(<".Contains(text.Text[^1]));
        list.Add("question_words_log", Math.Log(1 + text.QuestionWords.Length));
        list.Add("question_sentences", text.QuestionSentences.Length);
        list.Add("length_ratio", Math.Log((1.0 + text.Words.Length) / (1 + text.QuestionWords.Length)));
        list.Add("distinct_words", text.Words.Length == 0 ? double.NaN : (double)text.Words.Distinct().Count() / text.Words.Length);
        list.Add("repeated_sentences", text.Sentences.Length - text.Sentences.Select(s => s.Trim()).Distinct().Count());
        list.Add("starts_with_let", text.Words.Length > 0 && text.Words[0] is "let" or "let's" or "we" or "to");
        list.Add("colons", text.Text.Count(c => c == ':'));
        list.Add("brackets", text.Text.Count(c => c == '('));
        list.Add("question_marks", text.Text.Count(c => c == '?'));
        AddOverlap(list, text);
        Dictionary<string, int> counts = text.Words.CountBy(w => w).ToDictionary();
        Dictionary<string, int> asked = text.QuestionWords.CountBy(w => w).ToDictionary();
        foreach (string[] group in Groups)
        {
            list.Add("word_" + group[0], group.Sum(w => counts.GetValueOrDefault(w)));
            list.Add("question_" + group[0], group.Sum(w => asked.GetValueOrDefault(w)));
        }
    }

    private static void AddOverlap(FeatureList list, AnswerText text)
    {
        HashSet<string> asked = [.. text.QuestionWords.Where(w => !Stop.Contains(w))];
        HashSet<string> answered = [.. text.Words.Where(w => !Stop.Contains(w))];
        list.Add("question_covered", asked.Count == 0 ? double.NaN : (double)asked.Count(answered.Contains) / asked.Count);
        list.Add("new_words", answered.Count == 0 ? double.NaN : (double)answered.Count(w => !asked.Contains(w)) / answered.Count);
        HashSet<string> goal = text.QuestionSentences.Length == 0 ? [] : Content(text.QuestionSentences[^1]);
        HashSet<string> end = text.Sentences.Length == 0 ? [] : Content(text.Sentences[^1]);
        list.Add("goal_covered", goal.Count == 0 ? double.NaN : (double)goal.Count(answered.Contains) / goal.Count);
        list.Add("goal_in_last", goal.Count == 0 ? double.NaN : (double)goal.Count(end.Contains) / goal.Count);
        list.Add("last_outside_goal", end.Count == 0 ? double.NaN : (double)end.Count(w => !goal.Contains(w)) / end.Count);
        list.Add("goal_words", goal.Count);
    }

    private static HashSet<string> Content(string sentence) =>
        [.. sentence.Split([' ', ',', '.', '?', '$', '!', '\'', '"', '(', ')', ':'], StringSplitOptions.RemoveEmptyEntries).Select(w => w.ToLowerInvariant()).Where(w => char.IsLetter(w[0]) && !Stop.Contains(w))];

    private static int Count(string text, string part)
    {
        int count = 0;
        for (int at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }
}
