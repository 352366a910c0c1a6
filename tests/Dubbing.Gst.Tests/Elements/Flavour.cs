namespace Dubbing.Gst.Tests.Elements;

internal enum Flavour
{
    Sweet,
    Sour,
}
