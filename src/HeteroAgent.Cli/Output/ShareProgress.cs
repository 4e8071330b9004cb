namespace HeteroAgent.Cli;

/// <summary>Shows a share on one line of a terminal; a redirected error output gets no lines of it.</summary>
internal sealed class ShareProgress(string done) : IProgress<float>
{
    public void Report(float value)
    {
        if (!Terminal.IsErrorPlain)
        {
            Console.Error.Write($"\r{value:P0} {done}");
        }
    }

    internal static void End()
    {
        if (!Terminal.IsErrorPlain)
        {
            Console.Error.WriteLine();
        }
    }
}
