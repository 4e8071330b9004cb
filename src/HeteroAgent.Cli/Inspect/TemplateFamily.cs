namespace HeteroAgent.Cli;

/// <summary>Names a chat template by the control tokens that it writes, without native code.</summary>
internal static class TemplateFamily
{
    internal const string None = "none";
    internal const string Unknown = "unknown";

    // What is more specific stands first. The names are those that llama.cpp gives them, so that each can be used as an option.
    private static readonly (string Name, string[] Marks)[] Families =
    [
        ("phi4", ["<|im_start|>", "<|im_sep|>"]),
        ("kimi-k2", ["<|im_middle|>"]),
        ("chatml", ["<|im_start|>"]),
        ("llama3", ["<|start_header_id|>", "<|end_header_id|>"]),
        ("llama4", ["<|header_start|>", "<|header_end|>"]),
        ("mistral-v7", ["[INST]", "[SYSTEM_PROMPT]"]),
        ("mistral-v3", ["[INST]", "[AVAILABLE_TOOLS]"]),
        ("llama2", ["[INST]", "<<SYS>>"]),
        ("mistral-v1", ["[INST]"]),
        ("gemma", ["<start_of_turn>"]),
        ("chatglm4", ["[gMASK]<sop>"]),
        ("granite", ["<|start_of_role|>"]),
        ("command-r", ["<|START_OF_TURN_TOKEN|>", "<|USER_TOKEN|>"]),
        ("deepseek3", ["<｜User｜>", "<｜Assistant｜>"]),
        ("phi3", ["<|user|>", "<|assistant|>", "<|end|>"]),
        ("gpt-oss", ["<|start|>", "<|channel|>", "<|message|>"]),
        ("seed_oss", ["<seed:bos>"]),
        ("solar-open", ["<|begin|>", "<|content|>"]),
        ("zephyr", ["<|user|>", "<|assistant|>", "<|endoftext|>"]),
        ("megrez", ["<|role_start|>"]),
        ("openchat", ["GPT4 Correct"]),
        ("vicuna", ["USER: ", "ASSISTANT: "]),
    ];

    /// <summary>The family of a template, <see cref="None"/> for a model without one, <see cref="Unknown"/> for any other.</summary>
    internal static string Of(string? template)
    {
        if (string.IsNullOrEmpty(template))
        {
            return None;
        }

        foreach ((string name, string[] marks) in Families)
        {
            if (marks.All(mark => template.Contains(mark, StringComparison.Ordinal)))
            {
                return name;
            }
        }

        return Unknown;
    }

    /// <summary>Whether a template describes tools to the model: whether it reads the variable in which they are handed over.</summary>
    internal static bool SupportsTools(string? template)
    {
        const string Variable = "tools";
        for (int at = template?.IndexOf(Variable, StringComparison.Ordinal) ?? -1; at >= 0; at = template!.IndexOf(Variable, at + 1, StringComparison.Ordinal))
        {
            int end = at + Variable.Length;
            if (end == template!.Length || !(char.IsLetterOrDigit(template[end]) || template[end] == '_'))
            {
                return true;
            }
        }

        return false;
    }
}
