using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <content>Boolean operations, and the automata of simple sets.</content>
internal sealed partial class TextAutomaton
{
    private const int Dead = -1;

    /// <summary>The texts that are not allowed here.</summary>
    public TextAutomaton Complement() => Combine(Any, static (mine, any) => !mine && any);

    /// <summary>The texts that both allow.</summary>
    public TextAutomaton Intersect(TextAutomaton other) =>
        other == Any ? this : this == Any ? other : Combine(other, static (x, y) => x && y);

    /// <summary>The texts that either allows.</summary>
    public TextAutomaton Union(TextAutomaton other) => Combine(other, static (x, y) => x || y);

    /// <summary>The texts that are allowed here and not there.</summary>
    public TextAutomaton Except(TextAutomaton other) => Combine(other, static (x, y) => x && !y);

    /// <summary>Texts of between so many code points; <see cref="int.MaxValue"/> is no bound.</summary>
    public static TextAutomaton OfLength(int least, int most) =>
        most < least ? None : Build(
            0,
            length => length >= most ? [] :
                [(0, 0xD7FF, most == int.MaxValue ? Math.Min(length + 1, least) : length + 1), (0xE000, 0x10FFFF, most == int.MaxValue ? Math.Min(length + 1, least) : length + 1)],
            length => length >= least);

    /// <summary>Some texts.</summary>
    public static TextAutomaton OfTexts(IEnumerable<string> texts)
    {
        var edges = new List<SortedDictionary<int, int>> { new() };
        var accepts = new List<bool> { false };
        foreach (string text in texts)
        {
            int state = 0;
            foreach (Rune rune in text.EnumerateRunes())
            {
                if (!edges[state].TryGetValue(rune.Value, out int next))
                {
                    next = edges.Count;
                    edges.Add([]);
                    accepts.Add(false);
                    edges[state].Add(rune.Value, next);
                }

                state = next;
            }

            accepts[state] = true;
        }

        return edges.Count > MaxStates
            ? throw new AutomatonTooLargeException()
            : Trim([.. edges.Select(e => e.Select(p => new TextEdge(p.Key, p.Key, p.Value)).ToArray())], [.. accepts]);
    }

    private TextAutomaton Combine(TextAutomaton other, Func<bool, bool, bool> accepts) =>
        Build(
            (Mine: 0, Other: 0),
            pair => Pairs(pair.Mine < 0 ? [] : _edges[pair.Mine], pair.Other < 0 ? [] : other._edges[pair.Other])
                .Where(e => Worth(e.Target, accepts)),
            pair => accepts(pair.Mine >= 0 && _accepts[pair.Mine], pair.Other >= 0 && other._accepts[pair.Other]));

    // A side that is dead stays dead: where nothing can be accepted any more the pair is left out.
    private static bool Worth((int Mine, int Other) target, Func<bool, bool, bool> accepts) =>
        (target.Mine >= 0 && target.Other >= 0) || (target.Mine >= 0 && accepts(true, false)) || (target.Other >= 0 && accepts(false, true));

    private static List<(int First, int Last, (int Mine, int Other) Target)> Pairs(TextEdge[] mine, TextEdge[] other)
    {
        var pairs = new List<(int, int, (int, int))>();
        int at = 0;
        for (int i = 0, j = 0; i < mine.Length || j < other.Length;)
        {
            int myFirst = i < mine.Length ? Math.Max(mine[i].First, at) : int.MaxValue;
            int otherFirst = j < other.Length ? Math.Max(other[j].First, at) : int.MaxValue;
            int first = Math.Min(myFirst, otherFirst);
            bool hasMine = myFirst == first;
            bool hasOther = otherFirst == first;
            int last = hasMine ? mine[i].Last : myFirst - 1;
            last = Math.Min(last, hasOther ? other[j].Last : otherFirst - 1);
            pairs.Add((first, last, (hasMine ? mine[i].Target : Dead, hasOther ? other[j].Target : Dead)));
            at = last + 1;
            i += i < mine.Length && mine[i].Last < at ? 1 : 0;
            j += j < other.Length && other[j].Last < at ? 1 : 0;
        }

        return pairs;
    }
}
