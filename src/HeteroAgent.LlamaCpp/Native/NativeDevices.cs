using System.Runtime.InteropServices;
using System.Text;
using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>Reads the devices that the loaded libraries compute on.</summary>
internal static unsafe class NativeDevices
{
    private const int Gpu = 1;
    private const int IntegratedGpu = 2;

    /// <summary>The devices; where there are none, those of backends in files of their own are loaded first.</summary>
    internal static List<LlamaDevice> Read(NativeLibraries libraries)
    {
        if (NativeApi.ggml_backend_dev_count() == 0)
        {
            fixed (byte* directory = Encoding.UTF8.GetBytes(libraries.Directory + '\0'))
            {
                GgmlFunctions.ggml_backend_load_all_from_path(directory);
            }
        }

        List<LlamaDevice> devices = [];
        for (nuint i = 0; i < NativeApi.ggml_backend_dev_count(); i++)
        {
            nint device = NativeApi.ggml_backend_dev_get(i);
            nuint free = 0, total = 0;
            GgmlFunctions.ggml_backend_dev_memory(device, &free, &total);
            devices.Add(new LlamaDevice(
                Marshal.PtrToStringUTF8(NativeApi.ggml_backend_dev_name(device)) ?? "",
                Marshal.PtrToStringUTF8((nint)GgmlFunctions.ggml_backend_dev_description(device)) ?? "",
                GgmlFunctions.ggml_backend_dev_type(device) is Gpu or IntegratedGpu,
                (long)free,
                (long)total));
        }

        return devices;
    }
}
