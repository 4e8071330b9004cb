using NUnit.Framework;

namespace HeteroAgent.Retrieval.Postgres.Tests;

[SetUpFixture]
public sealed class StopServers
{
    [OneTimeTearDown]
    public async Task StopAsync() => await PGliteServer.StopAsync();
}
