namespace HeteroAgent.Onnx.Tests;

/// <summary>Small word problems with and without an error in one step.</summary>
internal static class GeneratedTraces
{
    public static IReadOnlyList<LabeledTrace> Make(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => One(random))];
    }

    private static LabeledTrace One(Random random)
    {
        int boxes = random.Next(2, 20);
        int each = random.Next(2, 30);
        int lost = random.Next(1, boxes * each);
        int wrong = random.Next(4) - 1; // 0, 1: the step with a slip; else none.
        int product = boxes * each + (wrong == 0 ? random.Next(1, 9) : 0);
        int rest = product - lost + (wrong == 1 ? random.Next(1, 9) : 0);
        ReasoningTrace trace = new(
            $"A shop has {boxes} boxes with {each} pens in each box and sells {lost} pens. How many pens are left?",
            [$"There are {boxes} * {each} = {product} pens.", $"After the sale {product} - {lost} = {rest} pens are left.", $"The answer is {rest}."]);
        return new(trace, wrong is 0 or 1 ? wrong : -1);
    }
}
