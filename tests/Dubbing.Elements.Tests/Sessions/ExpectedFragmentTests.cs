using System.Buffers;
using Dubbing.Elements.Audio;
using Dubbing.Elements.Sessions;
using Dubbing.Elements.Sts;
using Dubbing.Elements.Tests.Audio;
using Dubbing.Elements.Tests.Sts;

namespace Dubbing.Elements.Tests.Sessions;

/// <summary>splitmuxsink has begun another fragment, and its muxer keeps the first frame back until it has the next: audio may stop just there.</summary>
public sealed class ExpectedFragmentTests : IDisposable
{
    private static readonly Pcm Format = new(48000, 2);

    private readonly DubSession _session = new("demo", TimeProvider.System, new ScriptedServer());
    private readonly Source _source = new();

    public ExpectedFragmentTests()
    {
        TestPipeline.EnsureElements();
        _session.Attach(_source, new SourceSettings { Session = "demo", Url = "http://127.0.0.1:1", FragmentDuration = 1000, Timeout = 1000 });
        _session.BeginRun(Format);
    }

    public void Dispose() => _ = _session.DetachAsync(ended: true);

    /// <summary>The next sink is the same one, started again, or with <c>async-finalize</c> another, started before this one is done.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_output_goes_on_until_it_is_known_that_nothing_comes(bool isAnother)
    {
        var (sink, next) = (new object(), new object());
        _session.Expect(sink);
        Cut(sink);
        if (!isAnother)
        {
            _session.ExpectNothing(sink);
            next = sink;
        }
        _session.Expect(next);
        if (isAnother)
            _session.ExpectNothing(sink);
        Play(from: 60);
        Play(from: 90);
        _session.ExpectNothing(next);
        _source.Seconds = 91;
        Assert.Equal(PlayoutResult.Eos, Read(out _));
    }

    [Fact]
    public void A_frame_that_came_is_expected_no_more()
    {
        var sink = new object();
        _session.Expect(sink);
        Cut(sink);
        Play(from: 60);
        _source.Seconds = 90;
        PlayoutResult result;
        while ((result = Read(out _)) == PlayoutResult.Data)
        {
        }
        Assert.Equal(PlayoutResult.Eos, result);
    }

    // All that is due when so many seconds have passed.
    private void Play(int from)
    {
        _source.Seconds = from;
        long end;
        do
            Assert.Equal(PlayoutResult.Data, Read(out end));
        while (end < (from - 5) * Format.Rate);
    }

    private PlayoutResult Read(out long end)
    {
        var result = _session.Read(new short[9600], () => false, out var position, out var count, out _);
        end = position + count;
        return result;
    }

    private void Cut(object sink)
    {
        var file = M4aFile.Make(48000, 2, 47);
        foreach (var (pts, frame) in file.Frames)
            _session.AppendFrame(sink, pts, frame);
        Assert.True(_session.CloseFragment(sink, Mp4Audio.Parse(file.Image), new ReadOnlySequence<byte>(file.Image), _ => { }));
    }

    private sealed class Source : ISessionSource
    {
        public double Seconds { get; set; } = 1;

        public ulong? RunningTime => (ulong)(Seconds * 1e9);

        public void OnEvent(StsEvent happened)
        {
        }
    }
}
