using System.Collections;

namespace Dubbing.Service.Streams;

/// <summary>A log scope of named values: fields in JSON, <c>name:value</c> in plain lines.</summary>
internal sealed class LogScope(params KeyValuePair<string, object>[] values) : IReadOnlyList<KeyValuePair<string, object>>
{
    public int Count => values.Length;

    public KeyValuePair<string, object> this[int index] => values[index];

    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => values.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(' ', values.Select(pair => $"{pair.Key}:{pair.Value}"));
}
