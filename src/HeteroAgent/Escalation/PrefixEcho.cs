namespace HeteroAgent;

/// <summary>Drops the prefix where a frontier model begins its continuation by repeating it, and the white space before the continuation, since the prefix ends in some. Not thread-safe.</summary>
internal sealed class PrefixEcho(string prefix)
{
    private readonly string _expected = prefix.Trim();
    private string _held = "";
    private bool _repeated;
    private bool _passing;

    /// <summary>Takes text and returns what can be shown of it; what may be the beginning of a repetition is held.</summary>
    public string Pass(string text)
    {
        if (_passing)
        {
            return text;
        }

        _held = (_held + text).TrimStart();
        if (!_repeated)
        {
            if (_expected.StartsWith(_held, StringComparison.Ordinal))
            {
                return "";
            }

            if (_held.StartsWith(_expected, StringComparison.Ordinal))
            {
                string rest = _held[_expected.Length..];
                if (string.IsNullOrWhiteSpace(rest))
                {
                    return "";
                }

                // The prefix ended at a line break; anything else only begins with the same words.
                _repeated = rest.AsSpan(0, rest.Length - rest.TrimStart().Length).Contains('\n');
                _held = _repeated ? rest.TrimStart() : _held;
            }
        }

        _passing = true;
        return Release();
    }

    /// <summary>Takes what is still held when the continuation has ended.</summary>
    public string End() => _held.TrimEnd() == _expected ? "" : Release();

    private string Release()
    {
        string text = _held;
        _held = "";
        return text;
    }
}
