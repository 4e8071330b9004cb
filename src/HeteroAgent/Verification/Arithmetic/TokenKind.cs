namespace HeteroAgent;

internal enum TokenKind
{
    Number,
    Word,
    Operator,
    Open,
    Close,
    Percent,
    Equals,
    Approximately,
    Opaque,
    Break,
}
