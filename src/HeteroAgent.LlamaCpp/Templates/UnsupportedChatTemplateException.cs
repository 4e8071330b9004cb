namespace HeteroAgent.LlamaCpp;

/// <summary>A model's chat template is absent, or is not one that llama.cpp knows.</summary>
public sealed class UnsupportedChatTemplateException : NotSupportedException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="template">The template's text or name, or <see langword="null"/> where the model has none.</param>
    public UnsupportedChatTemplateException(string model, string? template)
        : base(template is null
            ? $"The model {model} has no chat template, so it cannot be asked as a chat model. Set LlamaModelOptions.ChatTemplate to the name of the template that it was trained with, one of {KnownTemplates.List}."
            : $"The chat template of {model} is not one that llama.cpp knows: \"{Excerpt(template)}\". Set LlamaModelOptions.ChatTemplate to the name of a known template of the same form, one of {KnownTemplates.List}.")
    {
        Model = model;
        Template = template;
    }

    /// <summary>Creates the exception for a model that is not made to chat.</summary>
    /// <param name="message">What the model is, and what to call instead.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="template">The template's text or name, or <see langword="null"/> where the model has none.</param>
    public UnsupportedChatTemplateException(string message, string model, string? template)
        : base(message)
    {
        Model = model;
        Template = template;
    }

    /// <summary>Gets the model's name.</summary>
    public string Model { get; }

    /// <summary>Gets the template that was refused, or <see langword="null"/> where the model has none.</summary>
    public string? Template { get; }

    private static string Excerpt(string template)
    {
        string line = template.ReplaceLineEndings(" ");
        const int Shown = 80;
        return line.Length <= Shown ? line : line[..Shown] + "…";
    }
}
