using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary>Says what a model file became.</summary>
internal static class WrittenModel
{
    internal static void Report(string output, GgufFile source, bool json)
    {
        GgufFile written = GgufFile.Read(output);
        if (json)
        {
            JsonLine.Write(writer =>
            {
                writer.WriteString("file", output);
                writer.WriteString("quantization", written.Quantization);
                writer.WriteNumber("size_bytes", written.SizeInBytes);
                writer.WriteString("source_quantization", source.Quantization);
                writer.WriteNumber("source_size_bytes", source.SizeInBytes);
            });
        }
        else
        {
            Console.Out.WriteLine($"{output}: {written.Quantization}, {Quantity.Bytes(written.SizeInBytes)} ({source.Quantization} before, {Quantity.Bytes(source.SizeInBytes)})");
        }
    }
}
