namespace HeteroAgent.LlamaCpp;

/// <summary>Refuses what libllama cannot run, before libllama sees it: some of its checks end the process instead of reporting an error.</summary>
internal static class RunnableCheck
{
    public static void Run(GgufFile file)
    {
    }
}
