using System.Globalization;
using System.Text;
using HeteroAgent.LlamaCpp;
using Spectre.Console;

namespace HeteroAgent.Cli;

/// <summary>Shows how far a training has come on standard error: a bar on a terminal, else a line now and then.</summary>
internal static class TuneView
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);

    internal static async Task<T> RunAsync<T>(string title, Func<IProgress<TuningProgress>, Task<T>> train)
    {
        if (Terminal.IsErrorPlain)
        {
            return await train(new Lines(title)).ConfigureAwait(false);
        }

        return await Terminal.Error.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(async context =>
            {
                ProgressTask task = context.AddTask(title);
                return await train(new Bar(task, title)).ConfigureAwait(false);
            }).ConfigureAwait(false);
    }

    internal static string Describe(TuningProgress progress)
    {
        StringBuilder text = new();
        if (progress.Stage is { } stage)
        {
            text.Append(CultureInfo.InvariantCulture, $", {stage}");
        }

        if (double.IsFinite(progress.Loss))
        {
            text.Append(CultureInfo.InvariantCulture, $", loss {progress.Loss:0.000}");
        }

        if (progress.ValidationLoss is { } loss)
        {
            text.Append(CultureInfo.InvariantCulture, $", validation {loss:0.000}");
        }

        if (progress.ValidationMetric is { } metric)
        {
            text.Append(CultureInfo.InvariantCulture, $" ({metric * 100:0.0} %)");
        }

        if (progress.TokensPerSecond > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $", {progress.TokensPerSecond:0} tokens/s");
        }

        if (progress.Remaining is { } left)
        {
            text.Append(CultureInfo.InvariantCulture, $", {(left.TotalMinutes >= 1 ? $"{left.TotalMinutes:0} min" : $"{left.TotalSeconds:0} s")} left");
        }

        return text.ToString();
    }

    private sealed class Bar(ProgressTask task, string title) : IProgress<TuningProgress>
    {
        public void Report(TuningProgress value)
        {
            task.MaxValue = Math.Max(1, value.Steps);
            task.Value = value.Step;
            task.Description = Markup.Escape(title + Describe(value));
        }
    }

    private sealed class Lines(string title) : IProgress<TuningProgress>
    {
        private TimeSpan _next = TimeSpan.Zero;
        private string? _stage;

        public void Report(TuningProgress value)
        {
            if (value.Stage != _stage)
            {
                (_stage, _next) = (value.Stage, TimeSpan.Zero);
            }

            if (value.Elapsed >= _next || value.Step == value.Steps)
            {
                _next = value.Elapsed + BetweenLines;
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}: {value.Step} of {value.Steps}{Describe(value)}"));
            }
        }
    }
}
