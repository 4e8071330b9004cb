using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace HeteroAgent.Cli;

/// <summary>The help of each command, followed by examples and exit codes.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private const string Root = """
        Examples:
          heteroagent doctor
          heteroagent inspect *.gguf
          heteroagent chat --model SmolLM2-135M-Instruct.Q4_1.gguf
          heteroagent replay log.jsonl

        Exit codes:
          0    done
          1    it could not be done; standard error says why and what to do
          2    the command line is wrong
          130  ended by Ctrl-C
        """;

    private const string Doctor = """
        Looks for models in HETEROAGENT_MODELS (one or more folders, with their subfolders) and in the
        current folder and its subfolder models.

        Examples:
          heteroagent doctor
          heteroagent doctor --json
          HETEROAGENT_NATIVE_PATH=/opt/llama.cpp heteroagent doctor

        Exit codes:
          0    this machine can run a model (whether or not one was found)
          1    it cannot; the report says what is missing and what to do
        """;

    private const string Replay = """
        A row is scored by models that have not seen it or its prompt; the strong answer is never looked at.
        --json prints n, weak_accuracy, strong_accuracy, auc_weak_wrong, apgr, cpt50, cpt80,
        calls_at_95_of_strong, calls_at_95_of_gap, random_calls_at_95_of_strong and more, each as
        {"value", "low", "high"} (null where it is never reached), verdict, and without_marks.

        Examples:
          heteroagent replay log.jsonl
          heteroagent replay new.csv --fit old.csv --json

        Exit codes:
          0    it was measured, whatever the verdict
          1    the log cannot be read; standard error names the line
        """;

    private const string Inspect = """
        Only the files are read; no native code runs.

        Examples:
          heteroagent inspect model.gguf
          heteroagent inspect --json models/*.gguf
          heteroagent inspect ticket.lora.gguf

        Exit codes:
          0    every file is a model that can be run, or an adapter
          1    at least one is not
        """;

    private const string Chat = """
        Without --prompt each line of standard input is a message of one conversation; /exit or the end of
        the input ends it, /clear forgets it, Ctrl-C ends an answer. The answer goes to standard output,
        figures and errors to standard error.

        --json prints text, token_ids, logprobs (one a token, natural logarithms, of the unmasked
        distribution), finish_reason (stop, length), usage (input_tokens, output_tokens,
        cached_input_tokens), confidence (score, mean_logprob, min_logprob, probability), prompt_text,
        prompt_token_ids, model, load_ms (reading the model), first_token_ms and total_ms (both from the
        start of the request).

        Examples:
          heteroagent chat --model model.gguf
          heteroagent chat --model model.gguf --system "Answer in one word." --prompt "Is the sky blue?"
          heteroagent chat --model model.gguf --prompt "Anna is 31." --schema person.json
          heteroagent chat --model model.gguf --adapter ticket.lora.gguf
          heteroagent chat --model model.gguf --prompt - --json < question.txt

        Exit codes:
          0    answered
          1    it could not be answered; standard error says why and what to do
          2    the command line is wrong
          130  ended by Ctrl-C
        """;

    private const string Evaluate = """
        A line of the data is {"messages", "tools"?}, {"prompt", "completion" | "answer" | "response"},
        {"request", "call": {"tool", "args"}}, {"text", "label"} or {"instruction", "input"?, "output"}.

        --json prints model, kind (extractive, classifier, generative), examples, exact, tool and valid (each with
        value, low, high, right, total; tool is null where no call is expected), fields (by name: value,
        low, high, right, expected, extra), ece (15 bins of equal width), aurc, risk_coverage (coverage,
        risk, confidence), latency_ms (p50, p95), errors (line, error) and rejected (line, reason).

        Examples:
          heteroagent evaluate --model extract.gguf --data eval.jsonl
          heteroagent evaluate --model a.gguf --model b.gguf --data eval.jsonl --json
          heteroagent evaluate --model chat.gguf --adapter tickets.gguf --data eval.jsonl --schema answer.json
          heteroagent evaluate --model labels.head --encoder all-MiniLM-L6-v2.Q8_0.gguf --data eval.jsonl

        Exit codes:
          0    it was measured, whatever the figures
          1    it could not be measured, or no example got an answer
          2    the command line is wrong
          130  ended by Ctrl-C
        """;

    private const string Index = """
        A document is a .txt or .md file (its id: the path within the folder that was named), or an object
        {"id", "title", "text" or "content", "url"} of a .json file (or an array of them) or of a line of a
        .jsonl file; only the text is needed. Without --embedding an index holds words alone. The index
        remembers the model's file; name it again where the file has moved.

        Examples:
          heteroagent index add bank.index documents --embedding all-MiniLM-L6-v2.Q8_0.gguf
          heteroagent index search bank.index What does a lost card cost --top 3
          heteroagent index search bank.index "lost card" --mode words --json
          heteroagent index info bank.index --json

        Exit codes:
          0    done, also where nothing was found
          1    it could not be done; standard error says why and what to do; what was written stays
          2    the command line is wrong
          130  ended by Ctrl-C; what was written stays
        """;

    private const string Tune = """
        A line of the data is {"text", "label"}, {"prompt", "completion"}, {"request", "call"} or
        {"messages"}; lines that cannot be used are named on standard error, and the others are used.
        The file is written beside, flushed and renamed: what was there is replaced whole or not at all.

        --json prints mode, output, files, bytes, examples, seconds, training (figures of the mode) and
        evaluation (examples, before, after), which is null without --eval.

        Examples:
          heteroagent tune --data train.jsonl --classify --encoder all-MiniLM-L6-v2.Q8_0.gguf --out bank.head
          heteroagent tune --data train.jsonl --eval eval.jsonl --classify --encoder model.gguf --out bank.head --json
          heteroagent tune --data train.jsonl --eval eval.jsonl --extract --out calls.gguf --minutes 10
          heteroagent tune --data train.jsonl --base SmolLM2-135M-Instruct.Q4_1.gguf --lora --out calls.lora.gguf
          heteroagent tune --data train.jsonl --scratch 128x4 --vocab 2048 --out small.gguf
          heteroagent tune --data train.jsonl --extract --out calls.gguf --resume

        Exit codes:
          0    trained, written and measured
          1    it could not be done; standard error says why and what to do
          2    the command line is wrong
          130  ended by Ctrl-C; what was written before stays, and --resume goes on
        """;

    private const string Merge = """
        The base and the adapter stay as they are. An adapter that was trained on other weights is refused.
        --json prints file, quantization, size_bytes, source_quantization and source_size_bytes.

        Examples:
          heteroagent merge --model base.gguf --adapter adapter.gguf --out merged.gguf
          heteroagent merge --model base.gguf --adapter adapter.gguf --out merged.gguf --type q8_0 --json

        Exit codes:
          0    written
          1    it could not be done; standard error says why; what stood at --out is untouched
          2    the command line is wrong
          130  ended by Ctrl-C
        """;

    private const string Schema = """
        An instance is written compactly, with the keys of each object in the schema's order, and read token
        by token under the masks of constrained decoding. Properties that a schema leaves open may come when
        an instance is read; they are not offered when a document is written (--closed).
        --json prints {"id", "accepted", "reason"?, "results", "compile_us", "max_mask_us"} for each schema.

        Examples:
          heteroagent schema check order.schema.json
          heteroagent schema test cases.jsonl --json
          heteroagent schema test draft7/*.json --draft 7 --model SmolLM2-135M-Instruct.Q4_1.gguf

        Exit codes:
          0    test: the schemas were tried, whatever came of them; check: the schema is supported
          1    check: the schema is refused; standard error names keyword and place
          2    the command line or a file is wrong; standard error names the line
        """;

    private const string Quantize = """
        --json prints file, quantization, size_bytes, source_quantization and source_size_bytes.

        Examples:
          heteroagent quantize --model f32.gguf --type q8_0 --out q8.gguf
          heteroagent quantize --model f32.gguf --type q4_k_m --out q4.gguf --json

        Exit codes:
          0    written
          1    it could not be done; standard error says why; what stood at --out is untouched
          2    the command line is wrong
          130  ended by Ctrl-C
        """;

    public override int Invoke(ParseResult parseResult)
    {
        int result = new HelpAction().Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine(parseResult.CommandResult.Command.Name switch
        {
            DoctorCommand.Name => Doctor,
            InspectCommand.Name => Inspect,
            ChatCommand.Name => Chat,
            EvaluateCommand.Name => Evaluate,
            IndexCommand.Name or IndexAddCommand.Name or IndexSearchCommand.Name or IndexInfoCommand.Name => Index,
            ReplayCommand.Name => Replay,
            TuneCommand.Name => Tune,
            MergeCommand.Name => Merge,
            QuantizeCommand.Name => Quantize,
            SchemaCommand.Name or SchemaTestCommand.Name or SchemaCheckCommand.Name => Schema,
            _ => Root,
        });
        return result;
    }
}
