namespace Gst;

/// <summary>The read-only <c>stats</c> structure that many elements have.</summary>
public static class ElementStats
{
    /// <summary>Its fields that hold plain values; empty for an element that has no such property.</summary>
    public static IReadOnlyDictionary<string, object> Read(Element element)
    {
        if (!element.HasProperty("stats"))
            return new Dictionary<string, object>();
        using var value = element.GetPropertyValue("stats");
        var copy = value;
        if (copy.GetBoxed() is not (not 0 and var boxed))
            return new Dictionary<string, object>();
        using var structure = new Structure(boxed, false);
        return structure.ToDictionary();
    }
}
