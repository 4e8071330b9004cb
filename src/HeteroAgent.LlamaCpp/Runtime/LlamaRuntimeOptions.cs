using Microsoft.Extensions.Logging;

namespace HeteroAgent.LlamaCpp;

/// <summary>How the native libraries are found and what becomes of their log.</summary>
public sealed class LlamaRuntimeOptions
{
    /// <summary><c>HeteroAgent.LlamaCpp.Native</c>: the category under which the native library logs. It tells of files and devices, never of prompts or answers.</summary>
    public const string NativeCategory = "HeteroAgent.LlamaCpp.Native";

    /// <summary>Gets or sets the folder that holds the native libraries.</summary>
    /// <value>Default <see langword="null"/>: the environment variable <c>HETEROAGENT_NATIVE_PATH</c>, else the backend packages of LLamaSharp beside the application (<c>runtimes/&lt;rid&gt;/native</c>), the search directories that it configured of LLamaSharp, its own folder, and the folders of its NuGet packages. When set, nothing else is tried but this folder and the CPU levels below it.</value>
    public string? NativePath { get; set; }

    /// <summary>Gets or sets what makes the logger of the native library's log, of the category <see cref="NativeCategory"/> and with its levels. The process has one: the factory that was given last, here or in <see cref="LlamaModelOptions.LoggerFactory"/>, receives it.</summary>
    /// <value>Default <see langword="null"/>: as before; at first the log is dropped, but errors still appear in exceptions.</value>
    public ILoggerFactory? LoggerFactory { get; set; }
}
