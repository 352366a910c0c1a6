using System.Numerics;
using System.Runtime.InteropServices;

namespace Dubbing.Testing.Measure;

/// <summary>Normalised cross-correlation of two signals over small lags.</summary>
internal static class Correlation
{
    /// <summary>Correlation (−1 … 1) of <paramref name="x"/> with <paramref name="y"/> shifted by each lag; <paramref name="y"/> has <paramref name="lags"/> more samples at either end.</summary>
    public static double[] AtLags(ReadOnlySpan<float> x, ReadOnlySpan<float> y, int lags)
    {
        var result = new double[2 * lags + 1];
        var powerX = Dot(x, x);
        var powerY = Dot(y[..x.Length], y[..x.Length]);
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = Dot(x, y.Slice(i, x.Length)) / Math.Sqrt(Math.Max(powerX * powerY, 1e-18));
            if (i + x.Length < y.Length)
                powerY += (double)y[i + x.Length] * y[i + x.Length] - (double)y[i] * y[i];
        }

        return result;
    }

    private static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        // Single precision within a block, double across blocks: fast, and exact enough for 4 digits.
        const int Block = 4096;
        var sum = 0.0;
        for (var at = 0; at < x.Length; at += Block)
        {
            var length = Math.Min(Block, x.Length - at);
            var a = x.Slice(at, length);
            var b = y.Slice(at, length);
            var va = MemoryMarshal.Cast<float, Vector<float>>(a);
            var vb = MemoryMarshal.Cast<float, Vector<float>>(b);
            var accumulated = Vector<float>.Zero;
            for (var i = 0; i < va.Length; i++)
                accumulated += va[i] * vb[i];
            sum += Vector.Sum(accumulated);
            for (var i = va.Length * Vector<float>.Count; i < length; i++)
                sum += a[i] * b[i];
        }

        return sum;
    }
}
