using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.CodeAnalysis.CSharp;
using NUnit.Framework;

namespace HeteroAgent.Analyzers.Tests;

/// <summary>HETERO102: what the analyzer says of a type is what System.Text.Json does with it.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class SubtaskOutputTests
{
    private const string Types = """
        public enum Urgency { Low, High }
        public sealed record Ticket(string Product, Urgency Urgency, int? OrderNumber = null);
        public class Settable { public string? Name { get; set; } public List<Ticket> Tickets { get; init; } = []; }
        public sealed record Order(Ticket Ticket, Line[] Lines);
        public sealed record Line(string Name, decimal Price);
        public record struct Point(int X, int Y);
        public sealed class Node { public int Value { get; set; } public Node? Next { get; set; } public List<Node>? Children { get; set; } }
        public sealed class Growing<T> { public int Depth { get; set; } [JsonIgnore] public Growing<List<T>>? Next { get; set; } }
        [JsonDerivedType(typeof(Circle), "circle")] [JsonDerivedType(typeof(Square), "square")] public abstract record Shape;
        public sealed record Circle(double Radius) : Shape;
        public sealed record Square(double Side) : Shape;
        [JsonDerivedType(typeof(Stop), "stop")] [JsonDerivedType(typeof(Go), "go")] public interface IAction;
        public sealed record Stop : IAction;
        public sealed record Go(string Where) : IAction;
        public sealed class Marked { [JsonConstructor] public Marked(int a) { A = a; } public Marked(int a, int b) { A = a + b; } public int A { get; } }
        public sealed class Included { [JsonInclude] public int A; [JsonInclude] public int B { get; private set; } }
        public sealed class Populated { [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)] public List<int> Values { get; } = []; }
        public sealed class Ignoring { public int A { get; set; } [JsonIgnore] public (int, int) Pair { get; set; } [JsonIgnore] public IDisposable? D { get; set; } }
        public sealed class Fixed { public int A { get; set; } [JsonConverter(typeof(BigConverter))] public System.Numerics.BigInteger Big { get; set; } }
        public sealed record Computed(int A) { [JsonIgnore] public IDisposable? Handle => null; }
        [JsonConverter(typeof(OpaqueConverter))] public abstract class Opaque { }
        public sealed class Text : Opaque { public string Value = ""; }
        public sealed class BigConverter : JsonConverter<System.Numerics.BigInteger>
        {
            public override System.Numerics.BigInteger Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => reader.GetInt64();
            public override void Write(Utf8JsonWriter writer, System.Numerics.BigInteger value, JsonSerializerOptions options) => writer.WriteNumberValue((long)value);
        }
        public sealed class OpaqueConverter : JsonConverter<Opaque>
        {
            public override Opaque Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => new Text { Value = reader.GetString()! };
            public override void Write(Utf8JsonWriter writer, Opaque value, JsonSerializerOptions options) => writer.WriteStringValue(((Text)value).Value);
        }
        public abstract class Animal { public string? Name { get; set; } }
        public interface INamed { string Name { get; } }
        public sealed class Zoo { public List<Animal> Animals { get; set; } = []; }
        public sealed record Deep(Dictionary<string, Inner[]> Parts);
        public sealed record Inner(INamed? Named);
        public sealed class FieldsOnly { public int A; public string? B; }
        public struct Vector { public float X; public float Y; }
        public sealed class GetOnly { public int A { get; } = 1; }
        public sealed class Hidden { private Hidden() { } public int A { get; set; } }
        public sealed class Ambiguous { public Ambiguous(int a) { A = a; } public Ambiguous(int a, int b) { A = a + b; } public int A { get; } }
        public sealed class Stray { public Stray(int a, int other) { A = a + other; } public int A { get; } }
        [JsonDerivedType(typeof(BadCase), "bad")] public abstract record Case;
        public sealed record BadCase(int[,] Grid) : Case;
        public sealed class Bag : IEnumerable<int> { public int A { get; set; } public IEnumerator<int> GetEnumerator() => null!; System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => null!; }
        public sealed class Numbers : List<int>;
        public sealed record Key(int A);
        public class Base { public (int A, int B) Pair { get; set; } }
        public sealed class Derived : Base { public int C { get; set; } }
        public delegate void Callback();
        """;

    private const string Contexts = """
        public class Plain : JsonSerializerContext
        {
            public Plain() : base(null) { }
            public static Plain Default { get; } = new();
            protected override JsonSerializerOptions? GeneratedSerializerOptions => null;
            public override System.Text.Json.Serialization.Metadata.JsonTypeInfo? GetTypeInfo(Type type) => null;
        }
        [JsonSourceGenerationOptions(IncludeFields = true)]
        public sealed class WithFields : JsonSerializerContext
        {
            public WithFields() : base(null) { }
            public static WithFields Default { get; } = new();
            protected override JsonSerializerOptions? GeneratedSerializerOptions => null;
            public override System.Text.Json.Serialization.Metadata.JsonTypeInfo? GetTypeInfo(Type type) => null;
        }
        """;

    [TestCase("string", "\"a\"")]
    [TestCase("int?", "1")]
    [TestCase("object", "{\"a\":1}")]
    [TestCase("Urgency", "1")]
    [TestCase("Guid", "\"6f9619ff-8b86-d011-b42d-00c04fc964ff\"")]
    [TestCase("DateOnly", "\"2024-03-05\"")]
    [TestCase("Int128", "5")]
    [TestCase("JsonElement", "{\"a\":1}")]
    [TestCase("System.Text.Json.Nodes.JsonObject", "{\"a\":1}")]
    [TestCase("byte[]", "\"AQI=\"")]
    [TestCase("ReadOnlyMemory<int>", "[1]")]
    [TestCase("Ticket", "{\"product\":\"a\",\"urgency\":1,\"orderNumber\":2}")]
    [TestCase("Settable", "{\"name\":\"a\",\"tickets\":[{\"product\":\"a\",\"urgency\":1,\"orderNumber\":2}]}")]
    [TestCase("Order", "{\"ticket\":{\"product\":\"a\",\"urgency\":1,\"orderNumber\":2},\"lines\":[{\"name\":\"b\",\"price\":1}]}")]
    [TestCase("Point", "{\"x\":1,\"y\":2}")]
    [TestCase("Point?", "{\"x\":1,\"y\":2}")]
    [TestCase("Node", "{\"value\":1,\"next\":{\"value\":2,\"next\":null,\"children\":null},\"children\":[]}")]
    [TestCase("Growing<int>", "{\"depth\":1}")]
    [TestCase("Shape", "{\"$type\":\"square\",\"side\":1}")]
    [TestCase("IAction[]", "[{\"$type\":\"stop\"},{\"$type\":\"go\",\"where\":\"a\"}]")]
    [TestCase("Marked", "{\"a\":1}")]
    [TestCase("Included", "{\"b\":1,\"a\":2}")]
    [TestCase("Populated", "{\"values\":[1]}")]
    [TestCase("Ignoring", "{\"a\":1}")]
    [TestCase("Fixed", "{\"a\":1,\"big\":2}")]
    [TestCase("Computed", "{\"a\":1}")]
    [TestCase("Opaque", "\"a\"")]
    [TestCase("Tuple<string, int>", "{\"item1\":\"a\",\"item2\":1}")]
    [TestCase("KeyValuePair<string, int>", "{\"key\":\"a\",\"value\":1}")]
    [TestCase("List<string>", "[\"a\"]")]
    [TestCase("int[][]", "[[1],[2]]")]
    [TestCase("IEnumerable<int>", "[1]")]
    [TestCase("IReadOnlyList<int>", "[1]")]
    [TestCase("ICollection<int>", "[1]")]
    [TestCase("ISet<int>", "[1]")]
    [TestCase("Queue<int>", "[1]")]
    [TestCase("Numbers", "[1]")]
    [TestCase("System.Collections.IList", "[1]")]
    [TestCase("System.Collections.Immutable.ImmutableArray<int>", "[1]")]
    [TestCase("System.Collections.Immutable.IImmutableSet<int>", "[1]")]
    [TestCase("System.Collections.ObjectModel.ObservableCollection<int>", "[1]")]
    [TestCase("Dictionary<string, int>", "{\"a\":1}")]
    [TestCase("IReadOnlyDictionary<Urgency, Point>", "{\"High\":{\"x\":1,\"y\":2}}")]
    [TestCase("SortedDictionary<Guid, int>", "{\"6f9619ff-8b86-d011-b42d-00c04fc964ff\":1}")]
    [TestCase("IDictionary<int, int>", "{\"1\":1}")]
    [TestCase("System.Collections.Immutable.ImmutableDictionary<DateTimeOffset, int>", "{\"2024-03-05T00:00:00+00:00\":1}")]
    public async Task A_type_that_is_filled_is_silent(string type, string json)
    {
        Assert.That(Fills(type, json), Is.True, "System.Text.Json");
        Assert.That(await Analyze($"_ = new Subtask<string, {type}>(\"n\", \"i\", client);"), Is.Empty);
    }

    [TestCase("(string, int)", "{\"item1\":\"a\",\"item2\":1}", "(string, int)")]
    [TestCase("System.Numerics.BigInteger", "5", "BigInteger")]
    [TestCase("System.Numerics.Complex", "{\"real\":1,\"imaginary\":2}", "Complex")]
    [TestCase("System.Numerics.Vector2", "{\"x\":1,\"y\":2}", "Vector2")]
    [TestCase("Animal", "{\"name\":\"a\"}", "Animal")]
    [TestCase("INamed", "{\"name\":\"a\"}", "INamed")]
    [TestCase("Zoo", "{\"animals\":[{\"name\":\"a\"}]}", "Zoo.Animals[]")]
    [TestCase("Deep", "{\"parts\":{\"a\":[{\"named\":{\"name\":\"b\"}}]}}", "Deep.Parts[][].Named")]
    [TestCase("FieldsOnly", "{\"a\":1,\"b\":\"c\"}", "FieldsOnly")]
    [TestCase("Vector", "{\"x\":1,\"y\":2}", "Vector")]
    [TestCase("GetOnly", "{\"a\":2}", "GetOnly")]
    [TestCase("Hidden", "{\"a\":2}", "Hidden")]
    [TestCase("Ambiguous", "{\"a\":2}", "Ambiguous")]
    [TestCase("Stray", "{\"a\":2,\"other\":1}", "Stray")]
    [TestCase("Case", "{\"$type\":\"bad\",\"grid\":[[1]]}", "Case(BadCase).Grid")]
    [TestCase("Bag", "[1]", "Bag")]
    [TestCase("Derived", "{\"c\":1,\"pair\":{\"item1\":1,\"item2\":2}}", "Derived.Pair")]
    [TestCase("int[,]", "[[1]]", "int[,]")]
    [TestCase("IReadOnlySet<int>", "[1]", "IReadOnlySet<int>")]
    [TestCase("List<Zoo>", "[{\"animals\":[{\"name\":\"a\"}]}]", "Zoo.Animals[]")]
    [TestCase("IntPtr", "1", "nint")]
    [TestCase("Type", "\"System.String\"", "Type")]
    [TestCase("System.IO.Stream", "\"AQI=\"", "Stream")]
    [TestCase("Callback", "{}", "Callback")]
    [TestCase("Action[]", "[{}]", "Action")]
    [TestCase("IQueryable<int>", "[1]", "IQueryable<int>")]
    [TestCase("System.Collections.ObjectModel.ReadOnlyCollection<int>", "[1]", "ReadOnlyCollection<int>")]
    [TestCase("System.Collections.ObjectModel.ReadOnlyDictionary<string, int>", "{\"a\":1}", "ReadOnlyDictionary<string, int>")]
    [TestCase("System.Collections.Frozen.FrozenSet<int>", "[1]", "FrozenSet<int>")]
    [TestCase("Dictionary<Key, int>", "{\"a\":1}", "Dictionary<Key, int>")]
    [TestCase("IReadOnlyDictionary<object, int>", "{\"a\":1}", "IReadOnlyDictionary<object, int>")]
    [TestCase("IAsyncEnumerable<int>", "[1]", "IAsyncEnumerable<int>")]
    [TestCase("System.Threading.CancellationToken", "{\"isCancellationRequested\":true}", "CancellationToken")]
    public async Task A_type_that_is_not_filled_is_reported_by_its_path(string type, string json, string path)
    {
        Assert.That(Fills(type, json), Is.False, "System.Text.Json");
        (string id, string text, string message) = (await Analyze($"_ = new Subtask<string, {type}>(\"n\", \"i\", client);")).Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((id, text), Is.EqualTo(("HETERO102", type)));
            Assert.That(message, Does.StartWith($"'{path}' cannot be filled"));
        }
    }

    [Test]
    public async Task A_generic_type_without_end_ends()
    {
        const string Endless = "public sealed class Endless<T> { public Endless<List<T>>? A { get; set; } public Endless<T[]>? B { get; set; } public Endless<T?>? C { get; set; } }";
        string source = $"{Endless} public static class Program {{ public static void Run(IChatClient client) => new Subtask<string, Endless<int>>(\"n\", \"i\", client).ToString(); }}";
        Assert.That(await Compiled.AnalyzeAsync<SubtaskAnalyzer>(source), Is.Empty);
    }

    [TestCase("Subtask<string, (int A, int B)> s = new(\"n\", \"i\", client);", "new(\"n\", \"i\", client)")]
    [TestCase("_ = new HeteroAgent.Subtask<string, FieldsOnly>(\"n\", \"i\", client, null);", "FieldsOnly")]
    [TestCase("_ = new Subtask<string, FieldsOnly>(\"n\", \"i\", client, new SubtaskOptions { Temperature = 1 });", "FieldsOnly")]
    [TestCase("var o = new SubtaskOptions { Seed = 1 }; _ = new Subtask<string, FieldsOnly>(\"n\", \"i\", client, o);", "FieldsOnly")]
    [TestCase("_ = new Subtask<string, Order>(\"n\", \"i\", client, new() { SerializerOptions = Plain.Default.Options }); _ = new Subtask<string, Zoo>(\"n\", \"i\", client, new() { SerializerOptions = Plain.Default.Options });", "Zoo")]
    [TestCase("_ = Factories.Make<string, FieldsOnly>(client);", "FieldsOnly")]
    public async Task Each_way_of_making_a_subtask_is_checked(string statements, string marked) =>
        Assert.That((await Analyze(statements)).Select(d => (d.Id, d.Text)), Is.EqualTo(new[] { ("HETERO102", marked) }));

    [TestCase("_ = new Subtask<string, FieldsOnly>(\"n\", \"i\", client, new() { SerializerOptions = new() { IncludeFields = true } });")]
    [TestCase("_ = new Subtask<string, FieldsOnly>(\"n\", \"i\", client, new() { SerializerOptions = WithFields.Default.Options });")]
    [TestCase("var o = new SubtaskOptions(); o.SerializerOptions = new() { IncludeFields = true }; _ = new Subtask<string, FieldsOnly>(\"n\", \"i\", client, o);")]
    [TestCase("_ = new Subtask<string, FieldsOnly>(\"n\", \"i\", client, Elsewhere());")]
    [TestCase("_ = new List<FieldsOnly>(); _ = new Subtask<FieldsOnly, string>(\"n\", \"i\", client);")]
    [TestCase("Generic<FieldsOnly>(); Subtask<string, T> Generic<T>() => new(\"n\", \"i\", client);")]
    public async Task Rules_that_are_not_in_sight_and_inputs_are_silent(string statements) => Assert.That(await Analyze(statements), Is.Empty);

    private static bool Fills(string type, string json)
    {
        CSharpCompilation compilation = Compiled.Compile($"{Types} public static class Holder {{ public static {type} Value = default!; }}");
        using MemoryStream image = new();
        Assert.That(compilation.Emit(image).Success, Is.True);
        image.Position = 0;
        AssemblyLoadContext context = new(null, isCollectible: false);
        Type output = context.LoadFromStream(image).GetType("Holder")!.GetField("Value", BindingFlags.Public | BindingFlags.Static)!.FieldType;
        JsonSerializerOptions options = new(JsonSerializerDefaults.Web) { NumberHandling = JsonNumberHandling.Strict };
        try
        {
            object? value = JsonSerializer.Deserialize(json, output, options);
            return JsonNode.DeepEquals(JsonSerializer.SerializeToNode(value, output, options), JsonNode.Parse(json));
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException or JsonException)
        {
            return false;
        }
    }

    private static Task<(string Id, string Text, string Message)[]> Analyze(string statements) =>
        Compiled.AnalyzeAsync<SubtaskAnalyzer>($$"""
        public static class Program
        {
            public static void Run(IChatClient client)
            {
                {{statements}}
            }

            private static SubtaskOptions Elsewhere() => new();
        }
        namespace HeteroAgent
        {
            public static class Factories
            {
                public static Subtask<TInput, TOutput> Make<TInput, TOutput>(IChatClient client) => new("n", "i", client);
            }
        }
        {{Types}}
        {{Contexts}}
        """);
}
