namespace HeteroAgent;

/// <summary>Turns an operation of a right solution into a likely mistake: another operation, swapped operands, another quantity.</summary>
internal static class ChainCorruption
{
    internal static ChainStep? Of(QuestionContext question, List<ChainStep> steps, ChainStep step, Random random)
    {
        for (int attempt = 0; attempt < 10; attempt++)
        {
            double choice = random.NextDouble();
            if (choice < 0.45)
            {
                char operation = "+-*/"[random.Next(4)];
                if (operation != step.Operation)
                {
                    return step with { Operation = operation };
                }

                continue;
            }

            if (choice < 0.55 && step.Operation is '-' or '/')
            {
                return step with { Left = step.Right, Right = step.Left };
            }

            ChainStep[] earlier = [.. steps.Where(s => s.Equation < step.Equation)];
            ChainOperand[] others = [.. question.Quantities, .. earlier.SelectMany(s => new[] { s.Left, s.Right }), .. earlier.Select(s => s.Left).Where(o => o.IsResult)];
            if (others.Length == 0)
            {
                continue;
            }

            ChainOperand other = others[random.Next(others.Length)];
            ChainStep changed = random.Next(2) == 0 ? step with { Left = other } : step with { Right = other };
            if (!steps.Exists(s => s.Operation == changed.Operation && s.Left.Value == changed.Left.Value && s.Right.Value == changed.Right.Value))
            {
                return changed;
            }
        }

        return null;
    }
}
