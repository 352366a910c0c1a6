namespace Dubbing.Elements.Sts.Protocol;

/// <summary>The <c>audio</c> of <c>fragment:data</c>.</summary>
internal sealed record FragmentAudio(string Format, int SampleRateHz, int Channels, int DurationMs, Base64Data DataBase64);
