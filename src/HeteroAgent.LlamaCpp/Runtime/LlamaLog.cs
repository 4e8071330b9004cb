using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HeteroAgent.LlamaCpp;

/// <summary>Receives what the native library logs: passes it on, and keeps the errors of the calling thread for exception messages.</summary>
internal static unsafe class LlamaLog
{
    private const int Warning = 3;
    private const int Continuation = 5;
    private const int CaptureLimit = 4_000;

    [ThreadStatic]
    private static StringBuilder? _captured;

    [ThreadStatic]
    private static int _lastLevel;

    [ThreadStatic]
    private static Action<string>? _observer;

    private static ILogger _logger = NullLogger.Instance;
    private static delegate* unmanaged[Cdecl]<int, byte*, nint, void> _previous;
    private static nint _previousUserData;

    /// <summary>The logger that receives what the native library logs.</summary>
    internal static ILogger Logger
    {
        get => Volatile.Read(ref _logger);
        set => Volatile.Write(ref _logger, value);
    }

    /// <summary>Takes the native log; a receiver that the application gave to LLamaSharp goes on receiving it.</summary>
    internal static void Attach()
    {
        delegate* unmanaged[Cdecl]<int, byte*, nint, void> previous;
        nint userData;
        LlamaFunctions.llama_log_get(&previous, &userData);
        bool isDefault = previous == null
            || (OperatingSystem.IsMacOS() ? NativeLoader.ApplicationLog is null : NativeModules.Contains("llama", (nint)previous) || NativeModules.Contains("ggml-base", (nint)previous));
        _previous = isDefault ? null : previous;
        _previousUserData = userData;
        LlamaFunctions.llama_log_set(&OnMessage, 0);
    }

    /// <summary>Starts to keep this thread's warnings and errors, until the capture is disposed.</summary>
    internal static Capture BeginCapture()
    {
        StringBuilder text = new();
        _captured = text;
        return new Capture(text);
    }

    /// <summary>Receives all messages of this thread, whatever their level, until it is set to null.</summary>
    internal static void Observe(Action<string>? observer) => _observer = observer;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnMessage(int level, byte* text, nint userData)
    {
        if (_previous != null)
        {
            _previous(level, text, _previousUserData);
        }

        try
        {
            level = level == Continuation ? _lastLevel : level;
            _lastLevel = level;
            string message = Marshal.PtrToStringUTF8((nint)text) ?? string.Empty;
            if (level >= Warning && _captured is { Length: < CaptureLimit } captured)
            {
                captured.Append(message);
            }

            _observer?.Invoke(message);
            Pass(level, message);
        }
#pragma warning disable CA1031 // An exception must not travel through native frames.
        catch (Exception)
        {
        }
#pragma warning restore CA1031
    }

    // Progress is shown by dots, a message each.
    private static void Pass(int level, string message)
    {
        LogLevel severity = (LogLevel)Math.Clamp(level, (int)LogLevel.Debug, (int)LogLevel.Error);
        ILogger logger = Logger;
        if (logger.IsEnabled(severity) && message.TrimEnd() is var text && text.AsSpan().TrimEnd('.').Length > 0)
        {
            LlamaEvents.Native(logger, severity, text);
        }
    }

    /// <summary>The capture of one thread; disposing ends it.</summary>
    internal readonly struct Capture(StringBuilder captured) : IDisposable
    {
        /// <summary>What was captured on one line, or the given words where nothing was.</summary>
        internal string Text(string otherwise)
        {
            string[] lines = captured.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return lines.Length == 0 ? otherwise : string.Join("; ", lines.Distinct());
        }

        public void Dispose() => _captured = null;
    }
}
