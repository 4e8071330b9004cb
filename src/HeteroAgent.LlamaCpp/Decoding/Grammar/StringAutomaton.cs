namespace HeteroAgent.LlamaCpp;

/// <summary>
/// The inside of a JSON string in canonical form, byte by byte: valid UTF-8 (RFC 3629: no overlong form, no surrogate), with
/// the escapes that JSON needs and no other: \" \\ \b \f \n \r \t, and \u00XX in lower case for the other control characters.
/// </summary>
internal static class StringAutomaton
{
    /// <summary>Before the opening quote.</summary>
    public const int Start = 0;

    /// <summary>Between two characters.</summary>
    public const int Body = 1;

    private const int Backslash = 2;
    private const int U = 3;
    private const int U0 = 4;
    private const int U00 = 5;
    private const int U000 = 6;
    private const int U001 = 7;
    private const int OneMore = 8;
    private const int TwoMore = 9;
    private const int ThreeMore = 10;
    private const int AfterE0 = 11;
    private const int AfterEd = 12;
    private const int AfterF0 = 13;
    private const int AfterF4 = 14;
    private const int StateCount = 15;

    private static readonly sbyte[] Table = BuildTable();
    private static readonly byte[] BytesToBody = [0, 0, 1, 4, 3, 2, 1, 1, 1, 2, 3, 2, 2, 3, 3];

    /// <summary>The state after a byte inside the string, or -1; the closing quote is not the table's affair.</summary>
    public static int Next(int state, byte value) => Table[(state << 8) | value];

    /// <summary>The state after a byte of text that is written as it is, or -1: no escape, quote or control character.</summary>
    public static int NextPlain(int state, byte value) => value == '\\' ? -1 : Next(state, value);

    /// <summary>The fewest bytes until the character is complete.</summary>
    public static int ToBody(int state) => BytesToBody[state];

    private static sbyte[] BuildTable()
    {
        var table = new sbyte[StateCount * 256];
        Array.Fill(table, (sbyte)-1);
        void Add(int from, int first, int last, int to) => table.AsSpan((from << 8) + first, last - first + 1).Fill((sbyte)to);

        Add(Body, 0x20, 0x7F, Body);
        Add(Body, '"', '"', -1);
        Add(Body, '\\', '\\', Backslash);
        foreach (char escape in "\"\\bfnrt")
        {
            Add(Backslash, escape, escape, Body);
        }

        Add(Backslash, 'u', 'u', U);
        Add(U, '0', '0', U0);
        Add(U0, '0', '0', U00);
        Add(U00, '0', '0', U000);
        Add(U00, '1', '1', U001);
        foreach (char digit in "01234567bef")
        {
            Add(U000, digit, digit, Body);
        }

        Add(U001, '0', '9', Body);
        Add(U001, 'a', 'f', Body);

        Add(Body, 0xC2, 0xDF, OneMore);
        Add(Body, 0xE0, 0xE0, AfterE0);
        Add(Body, 0xE1, 0xEC, TwoMore);
        Add(Body, 0xED, 0xED, AfterEd);
        Add(Body, 0xEE, 0xEF, TwoMore);
        Add(Body, 0xF0, 0xF0, AfterF0);
        Add(Body, 0xF1, 0xF3, ThreeMore);
        Add(Body, 0xF4, 0xF4, AfterF4);
        Add(AfterE0, 0xA0, 0xBF, OneMore);
        Add(AfterEd, 0x80, 0x9F, OneMore);
        Add(AfterF0, 0x90, 0xBF, TwoMore);
        Add(AfterF4, 0x80, 0x8F, TwoMore);
        Add(ThreeMore, 0x80, 0xBF, TwoMore);
        Add(TwoMore, 0x80, 0xBF, OneMore);
        Add(OneMore, 0x80, 0xBF, Body);
        return table;
    }
}
