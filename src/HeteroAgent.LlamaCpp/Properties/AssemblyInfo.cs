// The native functions take and return structures as they lie in memory, some of them LLamaSharp's.
[assembly: System.Runtime.CompilerServices.DisableRuntimeMarshalling]
