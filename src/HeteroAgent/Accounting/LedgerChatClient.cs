using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HeteroAgent;

/// <summary>Records the usage of every answer in a <see cref="HeteroAgent.Ledger"/>.</summary>
/// <remarks>
/// <para>Thread-safe. It changes neither request nor response. Place it around an <see cref="EscalatingChatClient"/>, inside or outside a tool loop.</para>
/// <para>A streamed answer is recorded when the stream ends; one that is abandoned or breaks is recorded with what had been reported by then. A call that throws is not recorded: nobody reported what it used.</para>
/// </remarks>
public sealed class LedgerChatClient : DelegatingChatClient
{
    private ILogger _logger = NullLogger.Instance;

    /// <summary>Creates the client.</summary>
    /// <param name="innerClient">The client whose answers are recorded; disposed with this one.</param>
    /// <param name="ledger">Where they are recorded; it may be shared between clients.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public LedgerChatClient(IChatClient innerClient, Ledger ledger)
        : base(innerClient)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        Ledger = ledger;
    }

    /// <summary>Gets the ledger.</summary>
    public Ledger Ledger { get; }

    /// <summary>Gets or sets where the client logs to; it writes no text of a call at Debug and above.</summary>
    /// <value>Default <see langword="null"/>: nowhere.</value>
    public ILoggerFactory? LoggerFactory
    {
        get;
        set
        {
            field = value;
            _logger = value?.CreateLogger<LedgerChatClient>() ?? (ILogger)NullLogger.Instance;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ChatResponse response = await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        Book(response.Usage, response.GetRoute(), response.ModelId);
        return response;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return RecordAsync(base.GetStreamingResponseAsync(messages, options, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return base.GetService(serviceType, serviceKey)
            ?? (serviceKey is null && serviceType == typeof(Ledger) ? Ledger : DefaultMetadata.For(serviceType, serviceKey));
    }

    private string? Model => InnerClient.GetService<ChatClientMetadata>()?.DefaultModelId;

    private void Book(UsageDetails? usage, string? route, string? model)
    {
        string? local = Model;
        LedgerEntry entry = Ledger.Book(usage, route, model ?? local, local);
        entry.Report(route);
        if (entry.UnpricedModel is { } unpriced)
        {
            _logger.Unpriced(unpriced);
        }

        if (entry.IsUnmeasured)
        {
            _logger.Unmeasured(route);
        }

        _logger.Booked(route, entry.Cost);
    }

    private async IAsyncEnumerable<ChatResponseUpdate> RecordAsync(IAsyncEnumerable<ChatResponseUpdate> updates, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Activity? activity = Activity.Current;
        UsageDetails? usage = null;
        string? route = null;
        string? model = null;
        bool started = false;
        try
        {
            await foreach (ChatResponseUpdate update in updates.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                started = true;
                model = update.ModelId ?? model;
                route = update.GetRoute() ?? route;

                foreach (UsageContent content in update.Contents.OfType<UsageContent>())
                {
                    (usage ??= new()).Add(content.Details);
                }

                yield return update;
                Activity.Current = activity;
            }
        }
        finally
        {
            if (started)
            {
                Book(usage, route, model);
            }
        }
    }
}
