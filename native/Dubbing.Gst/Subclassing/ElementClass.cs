using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GLib;

namespace Gst.Subclassing;

/// <summary>A GObject element class whose behaviour is an <see cref="ElementImpl"/>. Classes live as long as the process.</summary>
/// <remarks>The managed object of an instance is found through a GCHandle that stands behind the parent's instance struct,
/// whose size GObject is asked for.</remarks>
internal sealed unsafe partial class ElementClass
{
    private const PropertyFlags MutableAtAnyTime = PropertyFlags.MutablePlaying & ~PropertyFlags.MutableReady;

    private static readonly ConcurrentDictionary<nuint, ElementClass> Classes = new();

    private readonly ElementDescription _description;
    private readonly Func<ElementImpl> _create;
    private readonly Action<nint> _fillVirtualMethods;
    private readonly int _handleOffset;

    private ElementClass(ElementDescription description, GType parent, Func<ElementImpl> create, Action<nint> fillVirtualMethods)
    {
        _description = description;
        _create = create;
        _fillVirtualMethods = fillVirtualMethods;
        _handleOffset = parent.Sizes().Instance;
    }

    /// <summary>The parent's class struct, to chain up to.</summary>
    public nint ParentClass { get; private set; }

    /// <summary>Registers the class; a second time gives the type that is there.</summary>
    public static GType Register(ElementDescription description, GType parent, int expectedClassSize, Func<ElementImpl> create,
        Action<nint> fillVirtualMethods)
    {
        var existing = GType.FromName(description.TypeName);
        if (existing.Value != 0)
            return existing;
        var (classSize, instanceSize) = parent.Sizes();
        if (classSize != expectedClassSize)
        {
            throw new PlatformNotSupportedException(
                $"{parent.Name}'s class is {classSize} bytes here, not {expectedClassSize}: this ABI is not known");
        }
        var elementClass = new ElementClass(description, parent, create, fillVirtualMethods);
        var info = new NativeTypeInfo
        {
            ClassSize = (ushort)classSize,
            ClassInit = &OnClassInit,
            // Never freed: the type lives as long as the process.
            ClassData = GCHandle.ToIntPtr(GCHandle.Alloc(elementClass)),
            InstanceSize = (ushort)(instanceSize + sizeof(nint)),
            InstanceInit = &OnInstanceInit,
        };
        return new GType(RegisterStatic(parent.Value, FreeName(description.TypeName), &info, 0));
    }

    // A plugin file with the same elements may be in this process already: GST_REGISTRY_FORK=no loads whatever is scanned.
    private static string FreeName(string name) => GType.FromName(name).Value == 0 ? name : FreeName(name + "_");

    /// <summary>The managed object behind a native instance of one of these classes.</summary>
    public static ElementImpl ImplOf(nint instance)
    {
        var handle = *HandleSlot(instance, out _);
        return (ElementImpl)GCHandle.FromIntPtr(handle).Target!;
    }

    /// <summary>The class of a native instance.</summary>
    public static ElementClass Of(nint instance) => Classes[**(nuint**)instance];

    private static nint* HandleSlot(nint instance, out ElementClass elementClass)
    {
        elementClass = Of(instance);
        return (nint*)(instance + elementClass._handleOffset);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnClassInit(nint nativeClass, nint data)
    {
        try
        {
            var self = (ElementClass)GCHandle.FromIntPtr(data).Target!;
            Classes[*(nuint*)nativeClass] = self;
            self.ParentClass = PeekParent(nativeClass);
            var objectClass = (NativeObjectClass*)nativeClass;
            objectClass->SetProperty = &OnSetProperty;
            objectClass->GetProperty = &OnGetProperty;
            objectClass->Finalize = &OnFinalize;
            var elementClass = (NativeElementClass*)nativeClass;
            elementClass->ChangeState = &OnChangeState;
            var metadata = self._description.Metadata;
            SetMetadata(nativeClass, metadata.LongName, metadata.Classification, metadata.Description, metadata.Author);
            foreach (var pad in self._description.Pads)
                pad.AddTo(nativeClass);
            for (var i = 0; i < self._description.Properties.Count; i++)
                InstallProperty(nativeClass, (uint)i + 1, self._description.Properties[i].CreateSpec());
            self._fillVirtualMethods(nativeClass);
        }
        catch (Exception failure)
        {
            // A half-made class can't be reported through GObject, and nothing can work on it.
            Environment.FailFast("registering a GStreamer element class failed", failure);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnInstanceInit(nint instance, nint nativeClass)
    {
        try
        {
            // While parents initialise, the instance's own class pointer is theirs: take the class that is passed.
            var self = Classes[*(nuint*)nativeClass];
            var impl = self._create();
            *(nint*)(instance + self._handleOffset) = GCHandle.ToIntPtr(GCHandle.Alloc(impl));
            impl.Initialise(instance, self.ParentClass);
        }
        catch (Exception failure)
        {
            Environment.FailFast("creating a GStreamer element failed", failure);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnFinalize(nint instance)
    {
        var slot = HandleSlot(instance, out var self);
        var handle = GCHandle.FromIntPtr(*slot);
        try
        {
            ((ElementImpl)handle.Target!).Terminate();
        }
        catch (Exception failure)
        {
            DebugCategory.Default.Error($"{self._description.TypeName}: {failure}");
        }
        handle.Free();
        ((NativeObjectClass*)self.ParentClass)->Finalize(instance);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnSetProperty(nint instance, uint id, Value* value, nint spec)
    {
        var impl = ImplOf(instance);
        try
        {
            if ((((NativeParamSpec*)spec)->Flags & MutableAtAnyTime) == 0 && impl.State > State.Ready)
                throw new InvalidOperationException($"it can't be changed in {impl.State}, only up to READY: it stays as it was");
            var fundamental = value->Type.Fundamental;
            object? plain = fundamental == GType.Enum ? EnumNumber(value) : value->Get();
            Of(instance)._description.Properties[(int)id - 1].Set?.Invoke(impl, plain);
        }
        catch (Exception failure)
        {
            impl.Debug.Warning($"property '{Of(instance)._description.Properties[(int)id - 1].Name}': {failure.Message}", instance);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnGetProperty(nint instance, uint id, Value* value, nint spec)
    {
        var impl = ImplOf(instance);
        try
        {
            var plain = Of(instance)._description.Properties[(int)id - 1].Get(impl);
            if (plain is Structure structure)
            {
                value->SetBoxed(structure.Handle);
                structure.Dispose();
            }
            else
            {
                value->Set(plain);
            }
        }
        catch (Exception failure)
        {
            impl.Debug.Warning($"property '{Of(instance)._description.Properties[(int)id - 1].Name}': {failure.Message}", instance);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static StateChangeReturn OnChangeState(nint instance, StateChange transition)
    {
        var impl = ImplOf(instance);
        try
        {
            return impl.ChangeState(transition);
        }
        catch (Exception failure)
        {
            impl.PostFailure(failure);
            return StateChangeReturn.Failure;
        }
    }

    private static object EnumNumber(Value* value) => GetEnum(value);

    [StructLayout(LayoutKind.Explicit)]
    private struct NativeParamSpec
    {
        [FieldOffset(16)] public PropertyFlags Flags;
    }

    private struct NativeTypeInfo
    {
        public ushort ClassSize;
        public nint BaseInit;
        public nint BaseFinalize;
        public delegate* unmanaged[Cdecl]<nint, nint, void> ClassInit;
        public nint ClassFinalize;
        public nint ClassData;
        public ushort InstanceSize;
        public ushort Preallocations;
        public delegate* unmanaged[Cdecl]<nint, nint, void> InstanceInit;
        public nint ValueTable;
    }

    [StructLayout(LayoutKind.Explicit)]
    private struct NativeObjectClass
    {
        [FieldOffset(24)] public delegate* unmanaged[Cdecl]<nint, uint, Value*, nint, void> SetProperty;
        [FieldOffset(32)] public delegate* unmanaged[Cdecl]<nint, uint, Value*, nint, void> GetProperty;
        [FieldOffset(48)] public delegate* unmanaged[Cdecl]<nint, void> Finalize;
    }

    [LibraryImport(Libraries.GObject, EntryPoint = "g_type_register_static", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nuint RegisterStatic(nuint parent, string name, NativeTypeInfo* info, uint flags);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_type_class_peek_parent")]
    private static partial nint PeekParent(nint nativeClass);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_object_class_install_property")]
    private static partial void InstallProperty(nint objectClass, uint id, nint spec);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_get_enum")]
    private static partial int GetEnum(Value* value);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_class_set_metadata", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void SetMetadata(nint elementClass, string longName, string classification, string description, string author);
}
