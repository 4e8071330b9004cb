namespace HeteroAgent;

/// <summary>How many words of a text speak for each operation: "each" for a product, "left" for a difference.</summary>
internal readonly record struct OperationKeys(int Plus, int Minus, int Times, int Divided)
{
    public static OperationKeys Of(List<string> words)
    {
        int plus = 0, minus = 0, times = 0, divided = 0;
        foreach (string word in words)
        {
            switch (word)
            {
                case "total" or "altogether" or "sum" or "more" or "combined" or "both" or "added" or "additional" or "plus" or "together" or "add" or "adding" or "increase" or "increased":
                    plus++;
                    break;
                case "left" or "remain" or "remaining" or "remains" or "fewer" or "less" or "difference" or "lost" or "gave" or "spent" or "sold" or "ate" or "subtract" or "subtracting" or "discount" or "rest" or "decrease" or "decreased" or "minus" or "away":
                    minus++;
                    break;
                case "each" or "every" or "per" or "times" or "twice" or "double" or "triple" or "rate" or "multiply" or "multiplying" or "product" or "daily" or "weekly":
                    times++;
                    break;
                case "half" or "third" or "quarter" or "split" or "share" or "shared" or "equally" or "average" or "divide" or "divided" or "dividing" or "fraction" or "evenly" or "ratio":
                    divided++;
                    break;
            }
        }

        return new OperationKeys(plus, minus, times, divided);
    }
}
