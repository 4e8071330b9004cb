using HeteroAgent.Benchmarks;
using HeteroAgent.Benchmarks.Structured;
using HeteroAgent.LlamaCpp;

try
{
    await StructuredRun.RunAsync(StructuredOptions.Parse(args)).ConfigureAwait(false);
    return 0;
}
catch (Exception e) when (e is UsageException or CaseFileException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or GgufException or LlamaRuntimeException or LlamaModelException or UnsupportedChatTemplateException or PeerException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
