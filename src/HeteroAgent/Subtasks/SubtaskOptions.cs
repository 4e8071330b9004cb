using System.Text.Json;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>How a <see cref="Subtask{TInput, TOutput}"/> asks. It is read when the subtask is created.</summary>
public sealed class SubtaskOptions
{
    /// <summary>Gets or sets how inputs and results become JSON. In an AOT application give the options of a source-generated context that knows both types.</summary>
    /// <value>Default <see langword="null"/>: <see cref="AIJsonUtilities.DefaultOptions"/> (camel case, enums by name), which needs reflection for types of one's own.</value>
    public JsonSerializerOptions? SerializerOptions { get; set; }

    /// <summary>Gets or sets the sampling temperature.</summary>
    /// <value>Default 0: the most probable answer. <see langword="null"/> leaves it to the model.</value>
    public float? Temperature { get; set; } = 0;

    /// <summary>Gets or sets the most tokens of an answer.</summary>
    /// <value>Default <see langword="null"/>: left to the model.</value>
    public int? MaxOutputTokens { get; set; }

    /// <summary>Gets or sets the seed of sampling.</summary>
    /// <value>Default <see langword="null"/>.</value>
    public long? Seed { get; set; }

    /// <summary>Gets or sets what the result's JSON Schema is called towards the model: letters, digits, <c>_</c> and <c>-</c>.</summary>
    /// <value>Default <see langword="null"/>: the subtask's name, other characters replaced by <c>_</c>.</value>
    public string? SchemaName { get; set; }

    /// <summary>Gets or sets what is done to the options of each call before it is sent, such as setting <see cref="ChatOptions.RawRepresentationFactory"/>.</summary>
    /// <value>Default <see langword="null"/>.</value>
    public Action<ChatOptions>? ConfigureOptions { get; set; }
}
