using System.Globalization;
using Dubbing.Bench;
using Dubbing.Elements.Sts;
using Dubbing.Testing.Servers;
using Gst;

const int streams = 4;
const int warmUp = 10;
var each = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 50;

Application.Init();
var clip = AacClip.Make(TimeSpan.FromSeconds(6));
await using var server = await EchoSts.Start(environment: new Dictionary<string, string?> { ["ECHO_CLOSE_DELAY_MS"] = "200" });
using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10));
await RunAsync(warmUp);

var heapBefore = LargeObjects.HeapSize();
using var large = new LargeObjects();
var allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
var begin = TimeProvider.System.GetTimestamp();
var dubbed = await RunAsync(each);
var elapsed = TimeProvider.System.GetElapsedTime(begin);
var allocated = GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore;
var largeBytes = large.Bytes;
var heapAfter = LargeObjects.HeapSize();

var fragments = streams * each;
Print("fragments", $"{fragments} of {clip.Duration / 1e9:0.000} s, {clip.Image.Length} bytes each; {dubbed} dubbed");
Print("speed", $"{fragments * (clip.Duration / 1e9) / elapsed.TotalSeconds:0} times real time");
Print("allocated", $"{allocated / fragments / 1024.0:0} KB a fragment, {(double)allocated / fragments / clip.Image.Length:0.0} bytes for each byte of audio sent");
Print("large objects", $"{largeBytes * 100.0 / fragments / 1024:0} KB allocated in 100 fragments, {(double)largeBytes / fragments / clip.Image.Length:0.00} bytes for each byte sent");
foreach (var (type, bytes) in large.ByType)
    Print("", $"{bytes * 100.0 / fragments / 1024:0} KB {type}");
Print("large object heap", $"{heapBefore / 1024} KB before, {heapAfter / 1024} KB after: {(heapAfter - heapBefore) * 100.0 / fragments / 1024:+0;-0;0} KB in 100 fragments");
return dubbed == fragments ? 0 : 1;

async Task<int> RunAsync(int count)
{
    var load = Enumerable.Range(0, streams).Select(i => new LoadStream($"bench-{i}", server.Url, clip)).ToList();
    await Task.WhenAll(load.Select(stream => stream.RunAsync(count, realTime: false, limit.Token)));
    foreach (var stream in load)
        await stream.DisposeAsync();
    return load.Sum(stream => stream.Played.Values.Count(fragment => fragment.Outcome == Outcome.Dubbed));
}

static void Print(string name, FormattableString text) => Console.WriteLine($"{name,-18} {text.ToString(CultureInfo.InvariantCulture)}");
