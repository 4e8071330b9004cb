namespace HeteroAgent.LlamaCpp;
internal static class LoraAdapterFile
{
    internal static void Write(string path, GgufFile model, ParameterSet parameters, LoraShape lora)
    {
        GgufWriter writer = new(model.Architecture!);
        writer.Set("general.type", "adapter").Set("adapter.type", "lora").Set("adapter.lora.alpha", lora.Alpha);
        foreach (Parameter p in parameters.Parameters) writer.SetTensor(p.Name, new long[] { p.Columns, p.Rows }, parameters.Values.AsMemory(p.Offset, p.Count));
        writer.Write(path);
    }
}
