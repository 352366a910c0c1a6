using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gst.Subclassing;

/// <summary>What <see cref="BaseSinkImpl"/> and <see cref="BaseSrcImpl"/> have in common.</summary>
public abstract class BaseElementImpl : ElementImpl
{
    private protected BaseElementImpl() { }

    /// <summary>Resources are wanted: NULL to READY in a sink, READY to PAUSED in a source.</summary>
    /// <returns>Whether that worked; post an error if not.</returns>
    protected virtual bool Start() => true;

    /// <summary>Resources are to be given back: the way back.</summary>
    protected virtual bool Stop() => true;

    /// <summary>The caps that were agreed on, of the following buffers; borrowed.</summary>
    protected virtual bool SetCaps(Caps caps) => true;

    /// <summary>A query, borrowed.</summary>
    /// <returns>True if it has been answered; else the base class answers.</returns>
    protected virtual bool OnQuery(Query query) => false;

    /// <summary>The base class's answer to a query.</summary>
    private protected abstract int QueryParent(nint query);

    private static BaseElementImpl Self(nint instance) => (BaseElementImpl)ElementClass.ImplOf(instance);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private protected static int NativeStart(nint instance)
    {
        var self = Self(instance);
        try { return self.Start() ? 1 : 0; }
        catch (Exception failure) { self.PostFailure(failure); return 0; }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private protected static int NativeStop(nint instance)
    {
        var self = Self(instance);
        try { return self.Stop() ? 1 : 0; }
        // Stopped all the same: refused, it would leave the pads active.
        catch (Exception failure) { self.PostFailure(failure); return 1; }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private protected static int NativeSetCaps(nint instance, nint caps)
    {
        var self = Self(instance);
        try
        {
            using var borrowed = new Caps(caps, false);
            return self.SetCaps(borrowed) ? 1 : 0;
        }
        catch (Exception failure) { self.PostFailure(failure); return 0; }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private protected static int NativeQuery(nint instance, nint query)
    {
        var self = Self(instance);
        try
        {
            using var borrowed = new Query(query, false);
            if (self.OnQuery(borrowed))
                return 1;
        }
        catch (Exception failure) { self.PostFailure(failure); return 0; }
        return self.QueryParent(query);
    }
}
