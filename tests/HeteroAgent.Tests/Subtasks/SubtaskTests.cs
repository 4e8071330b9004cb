using System.Text.Json;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.Tests;

public sealed class SubtaskTests
{
    private const string Message = "My Blender 3000 is broken, order 1042. Ann";
    private const string Answer = """{"product":"Blender 3000","urgency":"High","orderNumber":1042}""";

    private static readonly SubtaskExample<string, Ticket>[] Examples = [new("The kettle leaks.", new("kettle", Urgency.Low))];

    private static Subtask<string, Ticket> Triage(IChatClient client, SubtaskOptions? options = null) => new("triage ticket", "Fill in the ticket.", client, options, Examples);

    [Test]
    public async Task The_answer_becomes_a_typed_result()
    {
        ScriptedChatClient model = new();
        _ = model.Then(model.Answer(Answer, new Confidence(-0.2, -0.4, 9)));
        SubtaskResult<Ticket> result = await Triage(model.WithEscalation(new ScriptedChatClient(), EscalateWhen.ConfidenceBelow(0.5))).RunAsync(Message);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Value, Is.EqualTo(new Ticket("Blender 3000", Urgency.High, 1042)));
            Assert.That(result.Confidence, Is.EqualTo(new Confidence(-0.2, -0.4, 9)));
            Assert.That(result.Route, Is.EqualTo(Routes.Local));
            Assert.That(result.Usage!.InputTokenCount, Is.EqualTo(10));
        }
    }

    [Test]
    public void The_schema_is_strict_and_marks_spans() => Assert.That(JsonElement.DeepEquals(Triage(new ScriptedChatClient()).Schema, EscalationPolicyTests.Json("""
        {"type":"object","properties":{
          "product":{"type":"string","x-span":true},
          "urgency":{"type":"string","enum":["Low","High"]},
          "orderNumber":{"type":"integer"},
          "customer":{"type":"string","x-span":true}},
         "required":["product","urgency"],"additionalProperties":false}
        """)), Is.True, Triage(new ScriptedChatClient()).Schema.GetRawText());

    [Test]
    public async Task Everything_but_the_input_is_the_same_in_every_call()
    {
        ScriptedChatClient model = new(Answer);
        Subtask<string, Ticket> triage = Triage(model);
        _ = await triage.RunAsync(Message);
        _ = await triage.RunAsync(Message + " again");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.Calls[0].Messages.Select(static m => $"{m.Role}: {m.Text}"), Is.EqualTo((string[])
            [
                "system: Fill in the ticket.",
                "user: The kettle leaks.",
                """assistant: {"product":"kettle","urgency":"Low"}""",
                "user: " + Message,
            ]));
            Assert.That(model.Calls[1].Messages.SkipLast(1).Select(static m => m.Text), Is.EqualTo(model.Calls[0].Messages.SkipLast(1).Select(static m => m.Text)));
            Assert.That(model.Calls[1].Options!.AdditionalProperties![RequestPropertyNames.SpanSource], Is.EqualTo(Message + " again"));
            Assert.That(((ChatResponseFormatJson)model.Calls[0].Options!.ResponseFormat!).SchemaName, Is.EqualTo("triage_ticket"));
            Assert.That(model.Calls[0].Options!.Temperature, Is.Zero);
        }
    }

    [TestCase("""{"product":"Toaster","urgency":"High"}""", "does not occur in the input")]
    [TestCase("""{"product":"Blender 3000","urgency":"Medium"}""", "is none of")]
    [TestCase("""{"product":"Blender 3000"}""", "'urgency' is missing")]
    [TestCase("""{"product":"Blender 3000","urgency":"Low","mood":"sad"}""", "'mood' is not allowed")]
    [TestCase("""{"product":"Blender 3000","urgency":"Low","product":"x"}""", "cannot be read")]
    [TestCase("""{"product":"Blender 3000","urgency":"Lo""", "cannot be read")]
    [TestCase("I would rather not.", "cannot be read")]
    [TestCase("", "cannot be read")]
    [TestCase("null", "expected object")]
    public async Task An_answer_that_breaks_the_schema_is_refused_whoever_gave_it(string text, string problem)
    {
        using IChatClient cascade = new ScriptedChatClient().WithEscalation(new ScriptedChatClient(text), EscalateWhen.Always);
        SubtaskException? e = await Assert.ThrowsAsync<SubtaskException>(() => Triage(cascade).RunAsync(Message));
        Assert.That(e!.Message, Does.Contain(problem));
        Assert.That(e.Text, Is.EqualTo(text));
        Assert.That(e.Route, Is.EqualTo(Routes.Frontier));
        Assert.That(e.Errors, Is.Not.Empty);
    }

    [Test]
    public async Task An_invented_value_is_escalated_by_SchemaInvalid()
    {
        using IChatClient cascade = new ScriptedChatClient("""{"product":"Toaster","urgency":"High"}""").WithEscalation(new ScriptedChatClient(Answer), EscalateWhen.SchemaInvalid);
        SubtaskResult<Ticket> result = await Triage(cascade).RunAsync(Message);
        Assert.That(result.Route, Is.EqualTo(Routes.Frontier));
        Assert.That(result.EscalationReason, Is.EqualTo("schema_invalid"));
    }

    [Test]
    public async Task Null_in_an_optional_property_is_the_same_as_its_absence() =>
        Assert.That((await Triage(new ScriptedChatClient("""{"product":"Blender 3000","urgency":"Low","orderNumber":null,"customer":null}""")).RunAsync(Message)).Value, Is.EqualTo(new Ticket("Blender 3000", Urgency.Low)));

    [Test]
    public async Task A_result_that_is_no_object_is_wrapped()
    {
        Assert.That((await new Subtask<string, Urgency>("u", "How urgent?", new ScriptedChatClient("""{"value":"High"}""")).RunAsync("x")).Value, Is.EqualTo(Urgency.High));
        Assert.That((await new Subtask<string, int>("n", "How many?", new ScriptedChatClient("""{"value":3}""")).RunAsync("x")).Value, Is.EqualTo(3));
        Assert.That((await new Subtask<string, string>("s", "Who?", new ScriptedChatClient("""{"value":"Ann"}""")).RunAsync("x")).Value, Is.EqualTo("Ann"));
        Assert.That((await new Subtask<string, string[]>("l", "Who?", new ScriptedChatClient("""{"value":["Ann"]}""")).RunAsync("x")).Value, Is.EqualTo((string[])["Ann"]));
    }

    [Test]
    public async Task A_type_that_holds_itself_works_bare_and_wrapped()
    {
        Tree tree = (await new Subtask<string, Tree>("t", "Parse.", new ScriptedChatClient("""{"name":"a","children":[{"name":"b","children":[]}]}""")).RunAsync("x")).Value;
        Assert.That(tree.Children[0].Name, Is.EqualTo("b"));
        Subtask<string, Tree[]> forest = new("f", "Parse.", new ScriptedChatClient("""{"value":[{"name":"a","children":[{"name":"b","children":[]}]}]}"""));
        Assert.That((await forest.RunAsync("x")).Value[0].Children[0].Name, Is.EqualTo("b"));
        Assert.That(async () => await new Subtask<string, Tree[]>("f", "Parse.", new ScriptedChatClient("""{"value":[{"name":"a","children":[{"nom":"b"}]}]}""")).RunAsync("x"), Throws.InstanceOf<SubtaskException>());
    }

    [Test]
    public async Task An_input_that_is_no_string_is_sent_as_compact_json()
    {
        ScriptedChatClient model = new("""{"value":"Low"}""");
        _ = await new Subtask<Ticket, Urgency>("u", "How urgent?", model).RunAsync(new("Müller's", Urgency.High));
        Assert.That(model.Calls[0].Messages[^1].Text, Is.EqualTo("""{"product":"Müller's","urgency":"High"}"""));
    }

    [Test]
    public async Task Source_generated_options_serve_where_there_is_no_reflection() =>
        Assert.That((await Triage(new ScriptedChatClient(Answer), new() { SerializerOptions = TicketContext.Default.Options }).RunAsync(Message)).Value.OrderNumber, Is.EqualTo(1042));

    [Test]
    public void Types_and_examples_that_cannot_work_are_refused_at_once()
    {
        ScriptedChatClient model = new();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new Subtask<string, Tree>("t", "x", model, new() { SerializerOptions = TicketContext.Default.Options }), Throws.ArgumentException.With.Message.Contains("Tree"));
            Assert.That(() => new Subtask<string, Ticket>("t", "x", model, new() { SerializerOptions = NumericEnumContext.Default.Options }), Throws.ArgumentException.With.Message.Contains("Urgency"));
            Assert.That(() => new Subtask<string, Ticket>("t", "x", model, null, [new("The kettle leaks.", new("toaster", Urgency.Low))]), Throws.ArgumentException.With.Message.Contains("does not occur"));
            Assert.That(() => new Subtask<string, Misplaced>("t", "x", model), Throws.ArgumentException.With.Message.Contains("Misplaced.count"));
            Assert.That(() => new Subtask<string, Ticket>(" ", "x", model), Throws.ArgumentException);
            Assert.That(() => new Subtask<string, Ticket>("t", "", model), Throws.ArgumentException);
            Assert.That(() => new Subtask<string, Ticket>("t", "x", null!), Throws.ArgumentNullException);
        }
    }

    [Test]
    public async Task Spans_of_a_collection_are_its_items()
    {
        Subtask<string, Names> names = new("n", "Who?", new ScriptedChatClient("""{"people":["Ann"]}"""));
        Assert.That((await names.RunAsync(Message)).Value.People, Is.EqualTo((string[])["Ann"]));
        Assert.That(async () => await names.RunAsync("nobody"), Throws.InstanceOf<SubtaskException>());
    }

    [Test]
    public async Task Numbers_and_dates_must_be_written_in_the_input_in_some_form()
    {
        const string Input = "Paid $1,250.50 on March 5, 2024 at 2:30 pm for three seats; call at 18:00.";
        const string Answer = """{"price":1250.5,"seats":3,"day":"2024-03-05","when":"2024-03-05T14:30:00","call":"18:00:00"}""";
        Subtask<string, Booking> booking = new("b", "Read the booking.", new ScriptedChatClient(Answer));
        Assert.That((await booking.RunAsync(Input)).Value, Is.EqualTo(new Booking(1250.5m, 3, new(2024, 3, 5), new(2024, 3, 5, 14, 30, 0), new(18, 0))));
        Assert.That(booking.Schema.GetProperty("properties").EnumerateObject().Select(static p => p.Value.GetProperty("x-span").GetBoolean()), Has.All.True.And.Exactly(5).Items);
        foreach ((string right, string wrong) in (ReadOnlySpan<(string, string)>)[("1250.5", "1250"), (":3,", ":4,"), ("03-05\",\"w", "03-06\",\"w"), ("14:30", "02:30"), ("18:00", "06:00")])
        {
            Assert.That(async () => await new Subtask<string, Booking>("b", "x", new ScriptedChatClient(Answer.Replace(right, wrong, StringComparison.Ordinal))).RunAsync(Input), Throws.InstanceOf<SubtaskException>(), wrong);
        }
    }

    [Test]
    public async Task As_a_function_it_states_its_parameter_and_its_result()
    {
        AIFunction function = Triage(new ScriptedChatClient(Answer)).AsAIFunction();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(function.Name, Is.EqualTo("triage_ticket"));
            Assert.That(function.Description, Is.EqualTo("Fill in the ticket."));
            Assert.That(function.JsonSchema.GetProperty("properties").GetProperty("input").GetProperty("type").GetString(), Is.EqualTo("string"));
            Assert.That(function.JsonSchema.GetProperty("required")[0].GetString(), Is.EqualTo("input"));
            Assert.That(function.ReturnJsonSchema!.Value.GetProperty("properties").GetProperty("product").GetProperty("type").GetString(), Is.EqualTo("string"));
        }

        // Semantic Kernel hands over a fresh AIFunctionArguments without services; values may be strings or JSON.
        foreach (object input in (object[])[Message, JsonSerializer.SerializeToElement(Message)])
        {
            object? result = await function.InvokeAsync(new AIFunctionArguments(new Dictionary<string, object?> { ["input"] = input }));
            Assert.That(((JsonElement)result!).GetProperty("orderNumber").GetInt32(), Is.EqualTo(1042));
        }

        Assert.That(async () => await function.InvokeAsync([]), Throws.ArgumentException.With.Message.Contains("input"));
    }

    private sealed record Misplaced([property: Span] bool Count);

    private sealed record Booking([property: Span] decimal Price, [property: Span] int Seats, [property: Span] DateOnly Day, [property: Span] DateTime When, [property: Span] TimeOnly Call);

    private sealed record Names([property: Span] string[] People);
}
