using System.Text;

namespace HeteroAgent;

/// <summary>Cuts text into steps while it arrives. What it returns, put together, is the text, character for character.</summary>
/// <remarks>
/// A step ends where the first visible character of the next one stands: after a line break, or after a blank line for <see cref="StepBoundary.Paragraph"/>.
/// There is no boundary inside a code fence or a displayed formula. More text never moves a boundary that was found. Not thread-safe.
/// </remarks>
internal sealed class StepReader(StepBoundary boundary)
{
    private readonly StringBuilder _held = new();
    private int _breaks;
    private bool _visible;
    private bool _fenced;
    private bool _formula;
    private int _ticks;
    private int _dollars;
    private char _previous;

    /// <summary>Gets whether text is held that belongs to no finished step.</summary>
    public bool HasText => _held.Length > 0;

    /// <summary>Adds text and returns the steps that are finished by it, each with the white space that follows it.</summary>
    public IReadOnlyList<string> Append(string text)
    {
        List<string>? finished = null;
        foreach (char c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                _breaks += c == '\n' ? 1 : 0;
            }
            else
            {
                if (_visible && !_fenced && !_formula && _breaks >= (boundary == StepBoundary.Paragraph ? 2 : 1))
                {
                    (finished ??= []).Add(Take());
                }

                _breaks = 0;
                _visible = true;
            }

            Track(c);
            _ = _held.Append(c);
        }

        return finished ?? (IReadOnlyList<string>)[];
    }

    /// <summary>Takes what is held: the last step, or white space, or nothing.</summary>
    public string Take()
    {
        string step = _held.ToString();
        _ = _held.Clear();
        _visible = false;
        return step;
    }

    /// <summary>Cuts a whole text; each step without the white space around it, at least one.</summary>
    public static IReadOnlyList<string> Split(string text, StepBoundary boundary = StepBoundary.Line)
    {
        StepReader reader = new(boundary);
        List<string> steps = [.. reader.Append(text).Select(static s => s.Trim())];
        string last = reader.Take().Trim();
        if (last.Length > 0 || steps.Count == 0)
        {
            steps.Add(last);
        }

        return steps;
    }

    // ``` opens and closes a fence; $$, \[ and \] a formula.
    private void Track(char c)
    {
        _ticks = c == '`' ? _ticks + 1 : 0;
        _fenced ^= _ticks == 3;
        if (!_fenced)
        {
            _dollars = c == '$' ? _dollars + 1 : 0;
            _formula = _dollars == 2 ? !_formula : _previous == '\\' && c == '[' ? true : _previous == '\\' && c == ']' ? false : _formula;
            _dollars %= 2;
        }

        _previous = c;
    }
}
