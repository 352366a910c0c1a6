using System.Buffers;
using Dubbing.Elements.Audio;
using Dubbing.Elements.Sessions;
using Dubbing.Elements.Sts;
using Dubbing.Elements.Tests.Audio;
using Dubbing.Elements.Tests.Sts;
using Dubbing.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Dubbing.Elements.Tests.Sessions;

/// <summary>One pipeline's part in a session: input that can't be mixed down or decoded.</summary>
public sealed class RunTests
{
    private static readonly Pcm Format = new(48000, 2);

    public RunTests() => TestPipeline.EnsureElements();

    [Fact]
    public async Task A_fragment_that_can_not_be_mixed_down_costs_itself_only()
    {
        var file = M4aFile.Make(48000, 6, 60, "avenc_aac");
        var audio = Mp4Audio.Parse(file.Image);
        using var run = new Run(Format, TimeProvider.System, new object(), TimeSpan.FromMilliseconds(500));
        var submitted = new TaskCompletionSource<Fragment>(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var submit in (Action<Fragment>[])[_ => throw new InvalidTimeZoneException("mine"), submitted.SetResult])
        {
            foreach (var (pts, frame) in file.Frames)
                run.Append(this, pts, frame, _ => { });
            run.Close(this, audio, _ => PlayoutBench.Fragment(0) with { Image = new ReadOnlySequence<byte>(file.Image), SampleRate = 48000, Channels = 6 }, submit);
        }
        Assert.Equal(2, (await submitted.Task.WaitAsync(ScriptedServer.Limit, TestContext.Current.CancellationToken)).Channels);
    }

    [Fact]
    public async Task A_configuration_that_no_decoder_takes_makes_two_decoders_a_second_at_most()
    {
        var file = M4aFile.Make(48000, 2, 60);
        var audio = Mp4Audio.Parse(file.Image) with { Config = [0xff, 0xff] };
        var time = new FakeTimeProvider();
        using var run = new Run(Format, time, new object(), TimeSpan.FromMilliseconds(500));
        var frames = 0;
        void Append() => run.Append(this, (ulong)frames++ * 1024 * Gst.Clock.Second / 48000, file.Frames[0].Data, _ => { });
        Append();
        run.Close(this, audio, _ => PlayoutBench.Fragment(0), _ => { });
        async Task AppendUntil(int decoders) => await Poll.Until(() =>
        {
            Append();
            time.Advance(TimeSpan.FromMilliseconds(20));
            return run.Decoders == decoders;
        }, ScriptedServer.Limit, () => $"{run.Decoders} decoders");
        await AppendUntil(decoders: 2);
        var before = frames;
        await AppendUntil(decoders: 3);
        Assert.InRange(frames - before, 25, 500);
    }
}
