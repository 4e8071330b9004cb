namespace HeteroAgent;

/// <summary>Fits an <see cref="OperationModel"/> on worked solutions that are known to be right.</summary>
internal static class OperationModelTrainer
{
    private const int Epochs = 3;
    private const float Rate = 0.1f;
    private const int MostPairs = 200;

    /// <summary>Fits by stochastic gradient descent with a rate per weight (AdaGrad; Duchi et al., JMLR 12, 2011).</summary>
    public static OperationModel Train(IReadOnlyList<(string Question, IReadOnlyList<string> Steps)> solutions, int seed, CancellationToken cancellationToken)
    {
        OperationModel model = new(new float[OperationModel.Buckets]);
        float[] squares = new float[OperationModel.Buckets];
        int[] order = [.. Enumerable.Range(0, solutions.Count)];
        Random random = new(seed);
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            random.Shuffle(order);
            foreach (int i in order)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Learn(model, solutions[i].Question, solutions[i].Steps, squares);
            }
        }

        return model;
    }

    private static void Learn(OperationModel model, string question, IReadOnlyList<string> steps, float[] squares)
    {
        KnownQuantities known = new(MathTokenizer.Read(MathText.Normalize(question)));
        for (int s = 0; s < steps.Count; s++)
        {
            List<MathToken> tokens = MathTokenizer.Read(MathText.Normalize(steps[s]));
            foreach (Operation operation in OperationReader.Read(tokens))
            {
                WordedQuantity? left = known.Find(operation.Left), right = known.Find(operation.Right);
                model.LearnWords(OperationModel.WordsBefore(tokens, operation.Start), operation.Sign, Rate, squares);
                model.LearnPair(left ?? KnownQuantities.Constant(operation.Left), right ?? KnownQuantities.Constant(operation.Right), operation.Sign, Rate, squares);
                if (left is not null && right is not null && !ReferenceEquals(left, right))
                {
                    model.LearnChoice(known.All, left, right, s, MostPairs, Rate, squares);
                }

                if (left is not null)
                {
                    left.Uses++;
                }

                if (right is not null)
                {
                    right.Uses++;
                }

                known.Compute(tokens, operation, s);
            }
        }
    }
}
