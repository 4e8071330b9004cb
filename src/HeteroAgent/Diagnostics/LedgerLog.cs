using Microsoft.Extensions.Logging;

namespace HeteroAgent;

/// <summary>The log events of the ledger's client: ids 1300 to 1399.</summary>
internal static partial class LedgerLog
{
    [LoggerMessage(1300, LogLevel.Debug, "A call by route {Route} was booked at {Dollars} dollars.", EventName = "CallBooked")]
    public static partial void Booked(this ILogger logger, string? route, decimal dollars);

    [LoggerMessage(1301, LogLevel.Warning, "The model {Model} has no price: its calls are counted as unpriced.", EventName = "ModelUnpriced")]
    public static partial void Unpriced(this ILogger logger, string? model);

    [LoggerMessage(1302, LogLevel.Debug, "An answer by route {Route} reported no usage.", EventName = "CallUnmeasured")]
    public static partial void Unmeasured(this ILogger logger, string? route);
}
