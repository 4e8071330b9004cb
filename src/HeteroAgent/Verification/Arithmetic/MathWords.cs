using System.Collections.Frozen;

namespace HeteroAgent;

/// <summary>Words that decide whether a number beside them can be read as part of an equation.</summary>
internal static class MathWords
{
    private static readonly FrozenSet<string> Blocking = new[]
    {
        "twice", "half", "double", "triple", "thrice", "third", "quarter", "sum", "average", "mean", "product", "difference", "quotient", "ratio", "square", "cube", "root",
        "log", "ln", "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "max", "min", "gcd", "lcm", "mod", "modulo", "remainder", "base", "binomial", "choose", "factorial",
        "divided", "multiplied", "times", "plus", "minus", "by", "of", "exp", "abs", "floor", "ceil", "det", "sqrt", "lim", "per", "percent", "every", "between", "from", "subtract", "add", "less", "more", "than", "or",
    }.ToFrozenSet();

    private static readonly FrozenSet<string> Clause = new[]
    {
        "and", "is", "are", "was", "were", "so", "then", "she", "he", "they", "it", "we", "you", "the", "which", "that", "has", "have", "had", "if", "when", "since", "because", "will", "gives", "get", "but", "with", "where", "while", "as", "let", "means", "equals", "there",
    }.ToFrozenSet();

    private static readonly FrozenSet<string> Measures = new[]
    {
        "second", "minute", "hour", "day", "week", "month", "year", "quarter", "dime", "nickel", "penny", "pennie", "cent", "dollar", "foot", "feet", "inch", "inche", "yard", "mile", "kilometer", "km", "meter", "cm", "mm", "centimeter",
        "gram", "kg", "kilogram", "pound", "lb", "ounce", "oz", "ton", "liter", "ml", "milliliter", "gallon", "cup", "pint", "quart", "dozen", "pair", "score", "decade", "century", "couple", "min", "sec", "hr", "ft", "in", "yd", "degree", "radian", "tablespoon", "teaspoon", "fortnight", "case", "pack", "box", "boxe", "am", "pm",
    }.ToFrozenSet();

    private static readonly FrozenSet<string> Short = new[]
    {
        "is", "so", "he", "we", "it", "of", "to", "by", "in", "at", "on", "or", "an", "as", "if", "my", "us", "me", "no", "do", "up", "go",
    }.ToFrozenSet();

    /// <summary>Whether a word looks like one variable, or the product of two.</summary>
    public static bool IsVariable(string word) => word.Length == 1 || (word.Length == 2 && !Short.Contains(word) && !Measures.Contains(word));

    /// <summary>Whether a word before a number makes the number more than itself: <c>twice 5</c>, <c>the average of 5</c>.</summary>
    public static bool Blocks(string word) => Blocking.Contains(word);

    /// <summary>Whether a word cannot be a unit.</summary>
    public static bool IsClause(string word) => Clause.Contains(word);

    /// <summary>Whether a word names a unit that converts into another.</summary>
    public static bool IsMeasure(string word) => Measures.Contains(word) || (word.Length > 3 && word[^1] == 's' && Measures.Contains(word[..^1]));

    /// <summary>What a word after a number multiplies it by, or 0.</summary>
    public static int Multiplier(string word) => word switch { "hundred" => 100, "thousand" => 1_000, "million" => 1_000_000, "billion" => 1_000_000_000, _ => 0 };
}
