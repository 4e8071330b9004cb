namespace HeteroAgent.Benchmarks.Structured;

/// <summary>A few made-up cases: what code is warmed up with, and what stands in for public data that is absent.</summary>
internal static class EmbeddedCases
{
    private const string Lines = """
        {"id":"embedded-function","set":"embedded","system":"Answer with the arguments of get_weather as JSON: the city, the days from today, and the unit.","user":"Will it rain in Ghent in three days? In degrees Celsius, please.","schema":{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"},"unit":{"enum":["celsius","fahrenheit"]}},"required":["city","days","unit"],"additionalProperties":false}}
        {"id":"embedded-choice","set":"embedded","system":"Classify the message of a shop's customer as one of: delivery, refund, complaint, question, other.","user":"My parcel has been on its way for two weeks now.","schema":{"enum":["delivery","refund","complaint","question","other"]}}
        {"id":"embedded-extraction","set":"embedded","system":"Copy from the text the product, its price and the date on which it was sold, as JSON.","user":"Receipt 4471. On the 3rd of May the shop in Leuven sold one Harbour Lamp for 48.90 euros to a customer who paid by card.","schema":{"type":"object","properties":{"product":{"type":"string","x-span":true},"price":{"type":"string","x-span":true},"date":{"type":"string","x-span":true}},"required":["product","price","date"],"additionalProperties":false}}
        """;

    internal static IReadOnlyList<StructuredCase> Create() => CaseFile.Parse(Lines.Split('\n'), "the embedded cases");
}
