namespace HeteroAgent;

/// <summary>Hashed features of one operation in the light of the question: which operation joins which kinds of quantities, and the words around them.</summary>
internal static class ChainFeatures
{
    internal const int Buckets = 1 << 16;

    private static readonly HashSet<string> StopWords =
        ["the", "a", "an", "of", "is", "are", "was", "were", "and", "or", "it", "he", "she", "they", "his", "her", "their", "that", "this", "be", "has", "have", "had", "will"];

    internal static bool IsStopWord(string word) => StopWords.Contains(word);

    /// <summary>Writes the bucket of each feature that the step has.</summary>
    internal static void Write(QuestionContext question, ChainStep step, List<int> buckets)
    {
        buckets.Clear();
        string operation = step.Operation.ToString();
        bool commutes = step.Operation is '+' or '*';
        string left = step.Left.Kind;
        string right = step.Right.Kind;
        void Add(string feature) => buckets.Add(Bucket(feature));
        Add(operation);
        Add(operation + left + "|" + right);
        Add(operation + "step" + Math.Min(4, step.Equation));
        Add(operation + "last" + step.IsLast);
        Add("kinds" + left + right);
        Add("last" + step.IsLast + left + right + operation);
        foreach (string word in step.Left.Context)
        {
            Add(operation + "A" + (commutes ? "" : "1") + word);
            Add("left" + right + word);
        }

        foreach (string word in step.Right.Context)
        {
            Add(operation + "A" + (commutes ? "" : "2") + word);
            Add("right" + left + word);
        }

        AddPairs(step, operation, commutes, Add);
        foreach (string word in question.Goal)
        {
            Add(operation + "goal" + word + (step.IsLast ? "!" : ""));
            if (step.IsLast)
            {
                Add("goal" + word + left + right);
            }
        }

        foreach (string word in question.Words)
        {
            Add(operation + "asked" + word);
        }

        AddValues(step, operation, Add);
    }

    private static void AddPairs(ChainStep step, string operation, bool commutes, Action<string> add)
    {
        foreach (string a in step.Left.Context.Where(IsUnit))
        {
            foreach (string b in step.Right.Context.Where(IsUnit))
            {
                add(operation + "pair" + (string.CompareOrdinal(a, b) < 0 || !commutes ? a + "|" + b : b + "|" + a));
            }
        }

        int shared = step.Left.Context.Where(c => c.Length > 2).Select(c => c[2..]).Intersect(step.Right.Context.Where(c => c.Length > 2).Select(c => c[2..])).Count(w => !IsStopWord(w));
        add(operation + "shared" + Math.Min(3, shared));
        if (step.Left.IsQuantity && step.Right.IsQuantity)
        {
            int distance = Math.Clamp(step.Right.Index - step.Left.Index, -3, 3);
            add(operation + "distance" + distance);
            add("distance" + distance);
        }
    }

    private static void AddValues(ChainStep step, string operation, Action<string> add)
    {
        double a = step.Left.Value;
        double b = step.Right.Value;
        add(operation + "order" + (a > b) + (a < 1) + (b < 1));
        add(operation + "size" + (int)Math.Log10(1 + Math.Abs(Math.Max(a, b))) + (int)Math.Log10(1 + Math.Abs(Math.Min(a, b))));
        double result = step.Operation switch
        {
            '+' => a + b,
            '-' => a - b,
            '*' => a * b,
            _ => a / b,
        };
        add(operation + "whole" + (Math.Abs(result - Math.Round(result)) < 1e-6) + (result < 0));
    }

    // The word right after a number is mostly its unit.
    private static bool IsUnit(string context) => context[0] is 'n' or '$' or '%' or 'w';

    // FNV-1a with a final mix; string.GetHashCode differs from run to run.
    private static int Bucket(string feature)
    {
        uint hash = 2166136261;
        foreach (char c in feature)
        {
            hash = (hash ^ c) * 16777619;
        }

        hash ^= hash >> 15;
        hash *= 0x85ebca6b;
        hash ^= hash >> 13;
        return (int)(hash % Buckets);
    }
}
