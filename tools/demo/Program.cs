using System.ComponentModel;
using System.Runtime.InteropServices;
using Dubbing.Demo;

if (args.Contains("--help"))
{
    Console.WriteLine(DemoOptions.Usage);
    return 0;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
try
{
    return await DemoRun.Run(DemoOptions.Read(args, Environment.GetEnvironmentVariable), stop.Token) ? 0 : 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("demo: stopped");
    return 130;
}
catch (Exception e) when (e is DemoException or InvalidOperationException or IOException or TimeoutException or HttpRequestException or Win32Exception or OperationCanceledException)
{
    Console.Error.WriteLine($"demo: {e.Message}");
    return 1;
}

void Cancel(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
