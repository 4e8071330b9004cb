using SupportDesk;

try
{
    return await SupportDeskOptions.Command(SupportDeskRun.RunAsync).Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false });
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("Cancelled.");
    return 1;
}
catch (Exception e) when (e is not (NullReferenceException or IndexOutOfRangeException))
{
    // Missing files, foreign models, a frontier model that cannot be reached: the message says what and where.
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
