using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sts;

public sealed class StsOptionsTests
{
    private static readonly StsOptions Good = new() { Url = new Uri("http://127.0.0.1:3000"), StreamId = "live_1", WorkerId = "w-1" };

    [Fact]
    public void Defaults_are_valid() => Assert.Null(Good.Validate());

    [Fact]
    public void All_faults_are_named_at_once()
    {
        StsOptions wrong = Good with
        {
            Url = new Uri("ftp://user:secret@host/path"),
            Path = "x",
            Namespace = "a,b",
            StreamId = "a/b",
            WorkerId = new string('w', 65),
            SourceLanguage = "e",
            TargetLanguage = "",
            VoiceProfile = "",
            FragmentDurationMs = 99,
            TimeoutMs = 999,
            MaxInflight = 11,
        };
        string[] faults = wrong.Validate()!.Split('\n');
        Assert.Equal(13, faults.Length);
        Assert.DoesNotContain("secret", wrong.Validate(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_refuses_options_that_are_not_valid() => Assert.Throws<ArgumentException>(
        () => new StsSession(Good with { MaxInflight = 0 }, new ScriptedServer(), TimeProvider.System, _ => { }));

    [Fact]
    public void The_key_does_not_show() =>
        Assert.Equal("live_1 at http://127.0.0.1:3000", (Good with { ApiKey = "k-123" }).ToString());
}
