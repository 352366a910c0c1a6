using System.Text;
using System.Text.RegularExpressions;
using Dubbing.Testing.Processes;

namespace Dubbing.Testing.Servers;

/// <summary>nginx.conf for <see cref="NginxRtmp"/>.</summary>
internal static partial class NginxConfiguration
{
    /// <summary>
    /// What nginx runs for an event, for inputs only, as <c>deploy/mediamtx/mediamtx.yml</c> has it. nginx clears the environment and knows no id
    /// of a publisher, so the ids are made here: ready appends one to a file of the path, not-ready takes the oldest (publishers of a path come
    /// one after another, but their hooks run side by side).
    /// </summary>
    private const string HookRunner = """
        #!/bin/sh
        # usage: run-hook ready|not-ready PATH QUERY
        set -eu
        case $2 in */in) ;; *) exit ;; esac
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        ids=@FOLDER@/ids-$(printf '%s' "$2" | tr / _)
        exec 9>"$ids.lock"
        flock 9
        if [ "$1" = ready ]; then
          id=$(cat /proc/sys/kernel/random/uuid)
          echo "$id" >>"$ids"
        else
          id=$(head -n 1 "$ids")
          sed -i 1d "$ids"
        fi
        exec 9>&-
        export PATH DUBBING_URL='@URL@' MTX_PATH="$2" MTX_QUERY="$3" MTX_SOURCE_TYPE=rtmpConn MTX_SOURCE_ID="$id"
        exec sh '@HOOK@' "$1"
        """;

    /// <summary>The text of nginx.conf; the script for hooks is written to <paramref name="folder"/>.</summary>
    public static string Write(string module, string folder, int rtmpPort, int httpPort, IEnumerable<string> ids, NginxRtmpOptions options)
    {
        var hooks = options.HookUrl is { } url ? WriteHookRunner(folder, url) : "";
        var applications = new StringBuilder();
        foreach (var id in ids)
        {
            if (!StreamId().IsMatch(id))
                throw new ArgumentException($"'{id}' is no stream id.", nameof(ids));
            applications.AppendLine($$"""
                    application live/{{id}} {
                      live on;
                      record off;
                      # Video starts with a key frame, audio does not wait for it: as MediaMTX does.
                      wait_key on;
                      wait_video off;
                      # One RTMP channel each for audio and video, in the publisher's order.
                      interleave off;
                      # No collecting of messages: each goes out when it came in.
                      buffer 0;
                      # Timestamps as published; this only matters after a reader was too slow and packets were dropped for it.
                      sync 300ms;
                      idle_streams {{(options.KeepIdleReaders ? "on" : "off")}};
                      drop_idle_publisher {{NginxRtmp.Seconds(options.IdlePublisherTimeout)}};
                      {{hooks}}
                    }
                """);
        }

        // One process (no master): a signal reaches the server itself, and nothing runs as another user. The temp paths of the
        // http part and the logs default to folders of the system, which only root may write.
        return $$"""
            load_module {{module}};
            daemon off;
            master_process off;
            pid {{folder}}/nginx.pid;
            error_log stderr info;
            events { worker_connections 1024; }
            rtmp {
              access_log off;
              server {
                listen 127.0.0.1:{{rtmpPort}};
                chunk_size 4096;
                # A key frame of a good camera is larger than the default of 1 MB; a slow reader gets seconds before packets are dropped.
                max_message 16M;
                out_queue 4096;
            {{applications}}  }
            }
            http {
              access_log off;
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              server {
                listen 127.0.0.1:{{httpPort}};
                location /statistics { rtmp_stat all; }
              }
            }
            """;
    }

    /// <summary>None of the publishers that the script for hooks knows is there any more.</summary>
    public static void ForgetPublishers(string folder)
    {
        foreach (var ids in Directory.EnumerateFiles(folder, "ids-*"))
            File.Delete(ids);
    }

    private static string WriteHookRunner(string folder, string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out _) || url.Contains('\'', StringComparison.Ordinal))
            throw new ArgumentException($"'{url}' is no URL for hooks.", nameof(url));
        var runner = Path.Combine(folder, "run-hook");
        File.WriteAllText(runner, HookRunner
            .Replace("@FOLDER@", folder, StringComparison.Ordinal)
            .Replace("@URL@", url, StringComparison.Ordinal)
            .Replace("@HOOK@", Repository.PathTo("deploy/mediamtx/hooks/mtx-hook"), StringComparison.Ordinal) + "\n");
        var shell = Executables.Find("sh", "dash");
        // exec starts a program with these very arguments: no shell sees the query. In a session of its own: where the kernel schedules those as
        // groups, ten streams that end at once would keep nginx from relaying the others.
        var session = Executables.Find("setsid", "util-linux");
        return $"""
            exec_publish {session} {shell} {runner} ready $app/$name $args;
                  exec_publish_done {session} {shell} {runner} not-ready $app/$name $args;
            """;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex StreamId();
}
