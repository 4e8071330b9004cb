using System.Text;
using Spectre.Console;

namespace HeteroAgent.Cli;

/// <summary>Where a person reads: colours on a terminal, plain text when redirected, under <c>NO_COLOR</c> or on a dumb terminal.</summary>
internal static class Terminal
{
    private static readonly bool NoColours = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) || Environment.GetEnvironmentVariable("TERM") == "dumb";
    private static readonly Lazy<IAnsiConsole> OutConsole = new(() => Create(Console.Out));
    private static readonly Lazy<IAnsiConsole> ErrorConsole = new(() => Create(Console.Error));

    internal static bool IsOutputPlain => Console.IsOutputRedirected || NoColours;

    internal static bool IsErrorPlain => Console.IsErrorRedirected || NoColours;

    /// <summary>Standard output with colours; only where <see cref="IsOutputPlain"/> is false.</summary>
    internal static IAnsiConsole Out => OutConsole.Value;

    /// <summary>Standard error with colours; only where <see cref="IsErrorPlain"/> is false.</summary>
    internal static IAnsiConsole Error => ErrorConsole.Value;

    /// <summary>Writes what went wrong, and on a line of its own what to do.</summary>
    internal static void WriteError(string message, string? next)
    {
        if (IsErrorPlain)
        {
            Console.Error.WriteLine($"error: {message}");
            if (next is not null)
            {
                Console.Error.WriteLine($"next: {next}");
            }

            return;
        }

        Error.MarkupLineInterpolated($"[red]error:[/] {Clean(message)}");
        if (next is not null)
        {
            Error.MarkupLineInterpolated($"[yellow]next:[/] {next}");
        }
    }

    /// <summary>Writes a remark to standard error.</summary>
    internal static void WriteRemark(string text)
    {
        if (IsErrorPlain)
        {
            Console.Error.WriteLine(text);
        }
        else
        {
            Error.MarkupLineInterpolated($"[dim]{text}[/]");
        }
    }

    /// <summary>A text that came out of a file or a model, without the control characters that could steer a terminal.</summary>
    internal static string Clean(string text)
    {
        StringBuilder? cleaned = null;
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]) && text[i] is not ('\n' or '\t' or '\r'))
            {
                cleaned ??= new StringBuilder(text);
                cleaned[i] = '\uFFFD';
            }
        }

        return cleaned?.ToString() ?? text;
    }

    /// <summary>The same on one line.</summary>
    internal static string OneLine(string text) => Clean(text.ReplaceLineEndings(" ")).Replace('\t', ' ');

    // Spectre's own enrichers turn colours on for build servers even when redirected; what a terminal can do is decided here.
    private static IAnsiConsole Create(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Ansi = AnsiSupport.Detect,
        Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
    });
}
