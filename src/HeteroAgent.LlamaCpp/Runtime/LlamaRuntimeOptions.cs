namespace HeteroAgent.LlamaCpp;

/// <summary>How the native libraries are found and what becomes of their log.</summary>
public sealed class LlamaRuntimeOptions
{
    /// <summary>Gets or sets the folder that holds the native libraries.</summary>
    /// <value>Default <see langword="null"/>: the environment variable <c>HETEROAGENT_NATIVE_PATH</c>, else the backend packages of LLamaSharp beside the application (<c>runtimes/&lt;rid&gt;/native</c>), the search directories that it configured of LLamaSharp, its own folder, and the folders of its NuGet packages. When set, nothing else is tried but this folder and the CPU levels below it.</value>
    public string? NativePath { get; set; }

    /// <summary>Gets or sets the receiver of the native library's log. It is called from any thread and must be quick.</summary>
    /// <value>Default <see langword="null"/>: the log is dropped, but errors still appear in exceptions.</value>
    public Action<LlamaLogLevel, string>? Log { get; set; }
}
