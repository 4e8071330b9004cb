using HeteroAgent.LlamaCpp;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;

await using LlamaModel model = await LlamaModel.LoadAsync(args[0]);   // a GGUF file
AIAgent agent = model.AsIChatClient().AsAIAgent("You answer in one sentence.");
await foreach (AgentResponseUpdate update in agent.RunStreamingAsync("What is the capital of Belgium?"))
{
    Console.Write(update.Text);
}
