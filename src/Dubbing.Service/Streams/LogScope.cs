using System.Collections;

namespace Dubbing.Service.Streams;

/// <summary>A log scope of named values, read when a line is written: fields in JSON, <c>name:value</c> in plain lines.</summary>
internal sealed class LogScope(params (string Name, Func<object> Value)[] values) : IReadOnlyList<KeyValuePair<string, object>>
{
    public int Count => values.Length;

    public KeyValuePair<string, object> this[int index] => new(values[index].Name, values[index].Value());

    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() =>
        values.Select(value => KeyValuePair.Create(value.Name, value.Value())).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(' ', this.Select(pair => $"{pair.Key}:{pair.Value}"));
}
