namespace HeteroAgent.Benchmarks.Structured;

/// <summary>Has every contender answer a case, once cold and then in rounds with the prompt in the cache, the order changing from turn to turn, so that whatever else the machine does falls on all.</summary>
/// <param name="contenders">The contenders.</param>
/// <param name="rounds">The rounds with the prompt in the cache.</param>
internal sealed class CaseMeasurement(IReadOnlyList<IContender> contenders, int rounds)
{
    private int _turn;

    internal async Task<IReadOnlyDictionary<string, ContenderResult>> MeasureAsync(Request request)
    {
        Dictionary<string, Answer> cold = [];
        Dictionary<string, string> errors = [];
        Dictionary<string, List<Answer>> warm = contenders.ToDictionary(c => c.Name, _ => new List<Answer>());
        foreach (IContender contender in Turn())
        {
            try
            {
                await contender.PrepareAsync(request).ConfigureAwait(false);
                cold[contender.Name] = await contender.AnswerAsync(request, cold: true).ConfigureAwait(false);
            }
            catch (ContenderException e)
            {
                errors[contender.Name] = e.Message;
            }
        }

        for (int round = 0; round < rounds; round++)
        {
            foreach (IContender contender in Turn().Where(c => cold.ContainsKey(c.Name)))
            {
                warm[contender.Name].Add(await contender.AnswerAsync(request, cold: false).ConfigureAwait(false));
            }
        }

        return contenders.ToDictionary(c => c.Name, c => new ContenderResult(cold.GetValueOrDefault(c.Name), warm[c.Name], errors.GetValueOrDefault(c.Name)));
    }

    private IContender[] Turn()
    {
        int first = _turn++ % contenders.Count;
        return [.. contenders.Skip(first), .. contenders.Take(first)];
    }
}
