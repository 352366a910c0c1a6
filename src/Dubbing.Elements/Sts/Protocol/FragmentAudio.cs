namespace Dubbing.Elements.Sts.Protocol;

/// <summary>The <c>audio</c> of <c>fragment:data</c>; the bytes are written as base64.</summary>
internal sealed record FragmentAudio(string Format, int SampleRateHz, int Channels, int DurationMs, ReadOnlyMemory<byte> DataBase64);
