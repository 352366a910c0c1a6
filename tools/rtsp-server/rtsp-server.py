#!/usr/bin/python3
"""Serves live RTMP streams over RTSP, packets untouched: the RTSP half of the media server that the tests use in MediaMTX's place.

usage: rtsp-server.py --rtmp rtmp://127.0.0.1:1935 --port 8554 [--video-only PATH]... PATH...

A reader of rtsp://127.0.0.1:PORT/PATH gets the H.264 and AAC of RTMP/PATH. All readers of a path share one pull, which starts with the first
reader and ends with the last. Of a --video-only path audio is not announced. Prints {"listening": "rtsp://127.0.0.1:PORT"} when it is ready.

Needs Debian's python3-gi and gir1.2-gst-rtsp-server-1.0.

Timestamps: rtmp2src is no live source and its buffers carry the publisher's time, which a late joiner sees begin anywhere. The
pull is made live (so that the media does not wait for a preroll that needs a key frame), and at the first picture after the connect one
common offset maps both tracks to running time. RTP timestamps and RTCP sender reports are computed from running time, so A/V stays as
published. RTP carries no DTS: with B-frames a reader sees only presentation times, as with any RTSP server.
"""

import argparse
import json
import signal
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstBase", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstBase, GstRtsp, GstRtspServer  # noqa: E402

# Packets wait here while the reader sets up (some 50 ms) and leave at their own pace, 50 ms after they came. Without that the first ones come late
# and the reader's jitterbuffer takes that for a skew of the clock, which it then corrects over many seconds: 20 ms of A/V error, measured.
PACED_QUEUE = "queue max-size-time=10000000000 max-size-bytes=0 max-size-buffers=0 ! clocksync ts-offset=50000000"


class LiveRtmpFactory(GstRtspServer.RTSPMediaFactory):
    """Makes one media for each pull of an RTMP stream."""

    def __init__(self, location, video_only):
        super().__init__()
        self.location = location
        self.video_only = video_only
        self.set_shared(True)
        self.set_protocols(GstRtsp.RTSPLowerTrans.TCP)

    def do_create_element(self, url):
        audio = "" if self.video_only else f" demux.audio ! {PACED_QUEUE} ! aacparse ! rtpmp4gpay name=pay1 pt=97"
        bin_ = Gst.parse_launch(
            f"( rtmp2src name=src idle-timeout=10 ! flvdemux name=demux"
            f" demux.video ! {PACED_QUEUE} ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1"
            f"{audio} )"
        )
        src = bin_.get_by_name("src")
        src.set_property("location", self.location)
        GstBase.BaseSrc.set_live(src, True)
        Start(bin_, bin_.get_by_name("demux"))
        return bin_


class Start:
    """Where both tracks begin: with the first picture, which is set to the running time at which it came.

    The server answers DESCRIBE only when every track has data, so audio from before the first picture could only come late, in a burst.
    """

    def __init__(self, bin_, demux):
        self.bin = bin_
        self.offset = None
        self.audio = None
        demux.connect("pad-added", self.pad_added)

    def pad_added(self, _demux, pad):
        # The demuxer pushes both tracks from one thread: no lock needed.
        if pad.get_name() == "video":
            pad.add_probe(Gst.PadProbeType.BUFFER, self.first_picture)
        else:
            self.audio = pad
            pad.add_probe(Gst.PadProbeType.BUFFER, self.audio_packet)

    def audio_packet(self, _pad, _info):
        return Gst.PadProbeReturn.DROP if self.offset is None else Gst.PadProbeReturn.REMOVE

    def first_picture(self, pad, info):
        now = self.bin.get_clock().get_time() - self.bin.get_base_time()
        # flvdemux sends one segment for both tracks, which begins at the first packet.
        segment = pad.get_sticky_event(Gst.EventType.SEGMENT, 0).parse_segment()
        self.offset = now - segment.to_running_time(Gst.Format.TIME, info.get_buffer().pts)
        for each in filter(None, (pad, self.audio)):
            each.set_offset(self.offset)
        return Gst.PadProbeReturn.REMOVE


def main():
    parser = argparse.ArgumentParser(description="Serves live RTMP streams over RTSP.")
    parser.add_argument("--rtmp", required=True, help="base URL of the RTMP server")
    parser.add_argument("--port", type=int, default=8554, help="port on 127.0.0.1")
    parser.add_argument("--video-only", action="append", default=[], metavar="PATH", help="a path whose stream has no audio")
    parser.add_argument("paths", nargs="+", help="paths, e.g. live/demo/in")
    arguments = parser.parse_args()

    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(arguments.port))
    for path in arguments.paths:
        factory = LiveRtmpFactory(f"{arguments.rtmp.rstrip('/')}/{path}", path in arguments.video_only)
        server.get_mount_points().add_factory(f"/{path}", factory)

    if server.attach(None) == 0:
        sys.exit(f"rtsp-server: port {arguments.port} on 127.0.0.1 is taken")
    print(json.dumps({"listening": f"rtsp://127.0.0.1:{arguments.port}"}), flush=True)

    loop = GLib.MainLoop()
    for number in (signal.SIGINT, signal.SIGTERM):
        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, number, loop.quit)
    loop.run()


if __name__ == "__main__":
    main()
