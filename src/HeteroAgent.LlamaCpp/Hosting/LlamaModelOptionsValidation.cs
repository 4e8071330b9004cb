using Microsoft.Extensions.Options;

namespace HeteroAgent.LlamaCpp;

/// <summary>Refuses the options of a registered model when the host starts.</summary>
internal sealed class LlamaModelOptionsValidation : IValidateOptions<LlamaModelOptions>
{
    public ValidateOptionsResult Validate(string? name, LlamaModelOptions options)
    {
        try
        {
            _ = options.Validate();
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException e)
        {
            return ValidateOptionsResult.Fail($"The options of the model '{name}' are not accepted: {e.Message}");
        }
    }
}
