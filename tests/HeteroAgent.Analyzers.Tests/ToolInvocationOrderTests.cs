using NUnit.Framework;

namespace HeteroAgent.Analyzers.Tests;

/// <summary>HETERO101, on programs against the real packages.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ToolInvocationOrderTests
{
    [TestCase("_ = local.AsBuilder().UseEscalation(\"f\", policy).UseFunctionInvocation().Build();", "UseFunctionInvocation")]
    [TestCase("_ = local.AsBuilder().UseStepwiseEscalation(\"f\").UseLogging().UseFunctionInvocation().Build();", "UseFunctionInvocation")]
    [TestCase("_ = local.AsBuilder().UseEscalation(\"f\", policy).UseKernelFunctionInvocation().Build();", "UseKernelFunctionInvocation")]
    [TestCase("_ = new ChatClientBuilder(local).UseEscalation(\"f\", policy).UseFunctionInvocation().Build();", "UseFunctionInvocation")]
    [TestCase("services.AddChatClient(local).UseEscalation(\"f\", policy).UseFunctionInvocation();", "UseFunctionInvocation")]
    [TestCase("services.AddKeyedChatClient(\"k\", _ => local).UseEscalation(\"f\", policy).UseFunctionInvocation();", "UseFunctionInvocation")]
    [TestCase("_ = local.AsBuilder().Use(inner => new EscalatingChatClient(inner, frontier, policy)).UseFunctionInvocation().Build();", "UseFunctionInvocation")]
    [TestCase("_ = local.AsBuilder().Use((inner, _) => { return inner.WithEscalation(frontier, policy); }).UseFunctionInvocation().Build();", "UseFunctionInvocation")]
    [TestCase("_ = local.AsBuilder().UseEscalation(\"f\", policy).Use(inner => new FunctionInvokingChatClient(inner)).Build();", "Use")]
    public async Task A_builder_that_escalates_before_it_invokes_tools_is_reported(string statement, string marked) => await Reported(statement, marked);

    [TestCase("var builder = local.AsBuilder(); builder.UseEscalation(\"f\", policy); builder.UseFunctionInvocation();", "UseFunctionInvocation")]
    [TestCase("var builder = new ChatClientBuilder(local); builder.UseLogging().UseEscalation(\"f\", policy).UseLogging(); if (policy != null) { builder.UseFunctionInvocation(); }", "UseFunctionInvocation")]
    [TestCase("var builder = local.AsBuilder().UseEscalation(\"f\", policy); _ = builder.UseFunctionInvocation().Build();", "UseFunctionInvocation")]
    [TestCase("var builder = local.AsBuilder(); builder = builder.UseEscalation(\"f\", policy); builder = builder.UseFunctionInvocation();", "UseFunctionInvocation")]
    [TestCase("var builder = local.AsBuilder(); var same = builder.UseEscalation(\"f\", policy); builder.UseFunctionInvocation();", "UseFunctionInvocation")]
    [TestCase("Action<ChatClientBuilder> configure = b => { b.UseEscalation(\"f\", policy); b.UseFunctionInvocation(); };", "UseFunctionInvocation")]
    public async Task A_builder_is_followed_through_statements(string statements, string marked) => await Reported(statements, marked);

    [TestCase("_ = local.AsBuilder().UseFunctionInvocation().Build().WithEscalation(frontier, policy);", "WithEscalation")]
    [TestCase("_ = local.AsBuilder().UseLogging().UseKernelFunctionInvocation().Build().WithEscalation(frontier, policy);", "WithEscalation")]
    [TestCase("_ = local.AsBuilder().UseFunctionInvocation().Build().WithStepwiseEscalation(frontier, verifier);", "WithStepwiseEscalation")]
    [TestCase("_ = new FunctionInvokingChatClient(local).WithEscalation(frontier, policy);", "WithEscalation")]
    [TestCase("_ = new FunctionInvokingChatClient(local).WithVerification(verifier).WithEscalation(frontier, policy).WithLedger(new Ledger());", "WithEscalation")]
    [TestCase("_ = new FunctionInvokingChatClient(local).AsBuilder().UseEscalation(\"f\", policy).Build();", "UseEscalation")]
    [TestCase("services.AddChatClient(new FunctionInvokingChatClient(local)).UseEscalation(\"f\", policy);", "UseEscalation")]
    [TestCase("_ = HeteroAgentChatClientExtensions.WithEscalation(frontier: frontier, policy: policy, client: new FunctionInvokingChatClient(local));", "WithEscalation")]
    [TestCase("_ = new EscalatingChatClient(new FunctionInvokingChatClient(local), frontier, policy);", "new EscalatingChatClient(new FunctionInvokingChatClient(local), frontier, policy)")]
    [TestCase("EscalatingChatClient c = new(policy: policy, frontierClient: frontier, innerClient: new FunctionInvokingChatClient(local));", "new(policy: policy, frontierClient: frontier, innerClient: new FunctionInvokingChatClient(local))")]
    [TestCase("_ = new StepwiseEscalatingChatClient(new FunctionInvokingChatClient(local).WithVerification(verifier), frontier, verifier);", "new StepwiseEscalatingChatClient(new FunctionInvokingChatClient(local).WithVerification(verifier), frontier, verifier)")]
    [TestCase("_ = new EscalatingChatClient(new Tools(local), frontier, policy);", "new EscalatingChatClient(new Tools(local), frontier, policy)")]
    public async Task Escalation_around_a_client_that_invokes_tools_is_reported(string statement, string marked) => await Reported(statement, marked);

    [TestCase("using IChatClient tools = local.AsBuilder().UseFunctionInvocation().Build(); _ = tools.WithEscalation(frontier, policy);", "WithEscalation")]
    [TestCase("IChatClient client = local; client = client.AsBuilder().UseFunctionInvocation().Build(); client = client.WithEscalation(frontier, policy);", "WithEscalation")]
    [TestCase("IChatClient client; client = new FunctionInvokingChatClient(local); _ = new EscalatingChatClient(client, frontier, policy);", "new EscalatingChatClient(client, frontier, policy)")]
    [TestCase("var builder = local.AsBuilder(); builder.UseFunctionInvocation(); var tools = builder.Build(); var more = tools.WithVerification(verifier); _ = more.WithEscalation(frontier, policy);", "WithEscalation")]
    [TestCase("var tools = new FunctionInvokingChatClient(local); services.AddSingleton<IChatClient>(_ => tools.WithEscalation(frontier, policy));", "WithEscalation")]
    public async Task A_client_is_followed_through_variables(string statements, string marked) => await Reported(statements, marked);

    [TestCase("_ = local.AsBuilder().UseFunctionInvocation().UseEscalation(\"f\", policy).Build();")]
    [TestCase("_ = local.AsBuilder().UseKernelFunctionInvocation().UseLogging().UseStepwiseEscalation(\"f\").Build();")]
    [TestCase("_ = local.WithEscalation(frontier, policy).AsBuilder().UseFunctionInvocation().Build();")]
    [TestCase("_ = new FunctionInvokingChatClient(new EscalatingChatClient(local, frontier, policy));")]
    [TestCase("_ = local.AsBuilder().UseEscalation(\"f\", policy).Build().AsBuilder().UseFunctionInvocation().Build();")]
    [TestCase("var builder = local.AsBuilder(); builder.UseFunctionInvocation(); builder.UseEscalation(\"f\", policy);")]
    [TestCase("IChatClient client = local.WithEscalation(frontier, policy); client = client.AsBuilder().UseFunctionInvocation().Build();")]
    public async Task The_right_order_is_silent(string statements) => await Silent(statements);

    [TestCase("_ = local.AsBuilder().UseFunctionInvocation().Build(); _ = local.AsBuilder().UseEscalation(\"f\", policy).Build();")]
    [TestCase("var a = local.AsBuilder(); var b = local.AsBuilder(); a.UseEscalation(\"f\", policy); b.UseFunctionInvocation();")]
    [TestCase("var tools = frontier.AsBuilder().UseFunctionInvocation().Build(); _ = local.WithEscalation(tools, policy);")]
    [TestCase("services.AddChatClient(local).UseEscalation(\"f\", policy); services.AddKeyedChatClient(\"f\", frontier).UseFunctionInvocation();")]
    [TestCase("var a = local.AsBuilder().UseEscalation(\"f\", policy); a = frontier.AsBuilder(); a.UseFunctionInvocation();")]
    [TestCase("_ = local.AsAIAgent(name: \"a\"); _ = local.WithEscalation(frontier, policy).AsAIAgent(name: \"b\");")]
    public async Task Separate_pipelines_are_silent(string statements) => await Silent(statements);

    [TestCase("var b = local.AsBuilder(); if (policy is null) { b.UseEscalation(\"f\", policy!); } else { b.UseFunctionInvocation(); }")]
    [TestCase("var b = local.AsBuilder(); if (policy is null) { b.UseEscalation(\"f\", policy!); return; } b.UseFunctionInvocation();")]
    [TestCase("IChatClient c = local; if (policy is null) { c = new FunctionInvokingChatClient(local); } _ = c.WithEscalation(frontier, policy!);")]
    [TestCase("IChatClient c = new FunctionInvokingChatClient(local); Replace(ref c); _ = c.WithEscalation(frontier, policy);")]
    [TestCase("IChatClient c = new FunctionInvokingChatClient(local); (c, _) = (frontier, 1); _ = c.WithEscalation(local, policy);")]
    [TestCase("IChatClient c = new FunctionInvokingChatClient(local); for (int i = 0; i < 2; i++) { _ = c.WithEscalation(frontier, policy); c = local; }")]
    [TestCase("IChatClient c = new FunctionInvokingChatClient(local); void F() => c = local; F(); _ = c.WithEscalation(frontier, policy);")]
    [TestCase("_ = Other().WithEscalation(frontier, policy); IChatClient Other() => local;")]
    public async Task What_is_not_certain_is_silent(string statements) => await Silent(statements);

    [Test]
    public async Task A_chain_longer_than_the_trace_is_silent_and_does_not_fail()
    {
        string chain = string.Concat(Enumerable.Repeat(".UseLogging()", 1_000));
        Assert.That(await Analyze($"_ = local.AsBuilder().UseEscalation(\"f\", policy){chain}.UseFunctionInvocation().Build();"), Is.Empty);
    }

    [Test]
    public async Task Methods_of_the_same_names_elsewhere_are_silent()
    {
        const string Source = """
            public static class Own
            {
                public static ChatClientBuilder UseEscalation(this ChatClientBuilder builder) => builder;
                public static void Run(IChatClient local) => local.AsBuilder().UseEscalation().UseFunctionInvocation().Build();
            }
            """;
        Assert.That(await Compiled.AnalyzeAsync<ToolInvocationOrderAnalyzer>(Source), Is.Empty);
    }

    [TestCase("_ = local.AsBuilder().UseEscalation(\"f\", policy).UseFunctionInvocation().Build();", "call UseFunctionInvocation before escalation")]
    [TestCase("_ = new FunctionInvokingChatClient(local).WithEscalation(frontier, policy);", "add UseFunctionInvocation around the escalating client")]
    public async Task The_message_says_the_right_order(string statement, string order) =>
        Assert.That((await Analyze(statement)).Single().Message, Does.Contain(order));

    private static async Task Reported(string statements, string marked) =>
        Assert.That((await Analyze(statements)).Select(d => (d.Id, d.Text)), Is.EqualTo(new[] { ("HETERO101", marked) }));

    private static async Task Silent(string statements) => Assert.That(await Analyze(statements), Is.Empty);

    private static Task<(string Id, string Text, string Message)[]> Analyze(string statements) => Compiled.AnalyzeAsync<ToolInvocationOrderAnalyzer>($$"""
        public sealed class Tools(IChatClient inner) : FunctionInvokingChatClient(inner, null, null);

        public static class Program
        {
            public static void Run(IChatClient local, IChatClient frontier, EscalationPolicy policy, IProcessVerifier verifier, IServiceCollection services)
            {
                {{statements}}
            }

            private static void Replace(ref IChatClient client) => client = null!;
        }
        """);
}
