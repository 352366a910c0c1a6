namespace Dubbing.Elements.Sts;

/// <summary>The one observable that the client library subscribes to, without the operators of Rx.</summary>
internal sealed class TextSource<T> : IObservable<T>
{
    private IObserver<T>? _observer;

    public IDisposable Subscribe(IObserver<T> observer)
    {
        _observer = observer;
        return new Subscription(this);
    }

    public void Publish(T value) => _observer?.OnNext(value);

    private sealed class Subscription(TextSource<T> source) : IDisposable
    {
        public void Dispose() => source._observer = null;
    }
}
