using System.CommandLine;
using HeteroAgent.LlamaCpp;
using HeteroAgent.Onnx;

namespace HeteroAgent.Cli;

/// <summary>Turns an exception into a message for a person: what went wrong, and what to do next.</summary>
internal static class Failure
{
    /// <summary>Writes the message to standard error and returns the exit code.</summary>
    internal static int Report(Exception error, Command command)
    {
        if (error is OperationCanceledException)
        {
            Terminal.WriteError("cancelled", null);
            return ExitCodes.Interrupted;
        }

        string help = $"{FullName(command)} --help";
        bool usage = error is UsageException;
        Terminal.WriteError(Message(error), usage ? $"'{help}' lists the options, with examples." : Next(error));
        return usage ? ExitCodes.Usage : ExitCodes.Failure;
    }

    /// <summary>A command as it is typed, with those it belongs to.</summary>
    private static string FullName(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{FullName(parent)} {command.Name}" : CommandLine.Name;

    internal static string Message(Exception error) => error switch
    {
        UsageException or GgufException or LlamaRuntimeException or LlamaModelException or ContextOverflowException or ModelBusyException
            or ClassificationException or ClassifierHeadException or DocumentException or JsonSchemaException or OnnxException or PassageIndexException or ReplayLogException or TuningException or TuningSetException or IOException or UnauthorizedAccessException => error.Message,
        UnsupportedChatTemplateException { Template: null, Model: { } model } => $"The model {model} has no chat template, so it cannot be asked as a chat model.",
        UnsupportedChatTemplateException { Model: { } model } => $"The chat template of {model} is not one that llama.cpp knows.",
        ArgumentException argument => argument.Message.ReplaceLineEndings(" "),
        _ => $"{error.GetType().Name}: {error.Message}",
    };

    internal static string? Next(Exception error) => error switch
    {
        LlamaRuntimeException or OnnxException { Error: OnnxError.RuntimeMissing } => "'heteroagent doctor' tells what this machine has and what is missing.",
        GgufException { Error: GgufError.Truncated } => "The file is incomplete: download or copy it again, and compare its checksum.",
        GgufException { Error: GgufError.UnsupportedArchitecture or GgufError.NotAModel } => "Choose another GGUF file; 'heteroagent inspect FILE…' says which ones can be run.",
        GgufException => "'heteroagent inspect FILE…' looks into GGUF files; get a sound copy of this one.",
        ReplayLogException => "'heteroagent replay --help' shows what a log looks like.",
        OnnxException { Error: OnnxError.NotAModel or OnnxError.Damaged } => "The file is not ONNX or is damaged: get a sound copy, and compare its checksum.",
        FileNotFoundException or DirectoryNotFoundException => "Check the path; 'heteroagent doctor' lists the models that it finds.",
        TuningException { Failure: TuningFailure.NotWritten } => "Free space on the disk, or name another file to write.",
        LlamaModelException => "'heteroagent doctor' shows the memory that is free; a smaller or more strongly quantised model needs less.",
        UnsupportedChatTemplateException => "Name the template that the model was trained with, for example --template chatml (others: llama3, gemma, mistral-v7), or choose an instruction-tuned model.",
        ContextOverflowException => "Shorten the prompt, or start a new conversation.",
        JsonSchemaException => "Change the schema at the place that is named; an unsupported keyword is refused, never ignored.",
        PassageIndexException { Error: PassageIndexError.EmbeddingModelNeeded } => "Name the model's file with --embedding, or search by words with --mode words.",
        PassageIndexException { Error: PassageIndexError.OtherEmbeddingModel } => "'heteroagent index info INDEX' names what made the index.",
        PassageIndexException { Error: PassageIndexError.NoVectors } => "Search with --mode words, or make a new index with --embedding.",
        TuningSetException { Error: TuningSetError.TooFewExamples } => "A line is {\"text\", \"label\"}, {\"prompt\", \"completion\"}, {\"request\", \"call\"} or {\"messages\"}; 'heteroagent tune --help' shows examples.",
        ClassifierHeadException { Error: ClassifierHeadError.OtherEncoder } => "Name the encoder that the head was trained on, or train it anew with 'heteroagent tune --classify'.",
        DocumentException => "'heteroagent index add --help' says what a document looks like; those before it were added.",
        UnauthorizedAccessException => "Give this user the right to read the file.",
        _ => null,
    };
}
