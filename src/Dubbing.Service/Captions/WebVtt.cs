using System.Globalization;
using System.Text;
using Dubbing.Service.Feeds;

namespace Dubbing.Service.Captions;

/// <summary>Writes captions as WebVTT.</summary>
internal static class WebVtt
{
    /// <summary>The file as it is now. Cues carry the captions' numbers, so they stay the same while the file grows.</summary>
    /// <param name="run">The run, for the note at the top.</param>
    /// <param name="captions">The captions, in order.</param>
    /// <param name="track">Which text; captions without it are left out.</param>
    public static string Write(string run, IEnumerable<FeedItem<Caption>> captions, CaptionTrack track)
    {
        var text = new StringBuilder("WEBVTT\n\nNOTE\n").Append(CultureInfo.InvariantCulture, $"Run {run}. 00:00:00.000 is the output's first packet (FLV timestamp 0).\n");
        foreach (var (number, _, caption) in captions)
        {
            if (caption.Text(track) is not { } words) continue;
            text.Append(CultureInfo.InvariantCulture, $"\n{number}\n{Time(caption.Start)} --> {Time(caption.End)}\n{Escape(words)}\n");
        }

        return text.ToString();
    }

    // Hours may be more than 24 and more than two digits.
    private static string Time(double seconds)
    {
        var ms = (long)Math.Round(seconds * 1000);
        return string.Create(CultureInfo.InvariantCulture, $"{ms / 3_600_000:00}:{ms / 60_000 % 60:00}:{ms / 1000 % 60:00}.{ms % 1000:000}");
    }

    // Without < and & there is no markup, and without > no -->, which would end the text.
    private static string Escape(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
