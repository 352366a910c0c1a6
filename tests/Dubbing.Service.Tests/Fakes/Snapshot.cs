using System.Runtime.CompilerServices;

namespace Dubbing.Service.Tests.Fakes;

/// <summary>Compares a text whole with a file beside the tests. A new file is written and fails the test, to be looked at.</summary>
internal static class Snapshot
{
    public static void AssertEqual(string name, string actual, [CallerFilePath] string caller = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(caller)!, $"{name}.txt");
        if (!File.Exists(path))
        {
            File.WriteAllText(path, actual);
            Assert.Fail($"{path} was written; check it");
        }

        Assert.Equal(File.ReadAllText(path), actual);
    }
}
