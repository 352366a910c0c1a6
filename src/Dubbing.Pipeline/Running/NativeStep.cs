namespace Dubbing.Pipeline;

/// <summary>Runs a native call that may hang on a thread of its own, so that whoever waits can give up.</summary>
internal static class NativeStep
{
    /// <summary>Starts the call.</summary>
    public static Task<T> Run<T>(Func<T> call, string name)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                result.SetResult(call());
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
        })
        { IsBackground = true, Name = name }.Start();
        return result.Task;
    }
}
