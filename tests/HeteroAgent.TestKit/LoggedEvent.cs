using Microsoft.Extensions.Logging;

namespace HeteroAgent.TestKit;

public sealed record LoggedEvent(string Category, LogLevel Level, EventId Id, string Text);
