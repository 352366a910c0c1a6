"""Dubs a file's audio by the elements of the plugin, as any GStreamer program in Python would.

usage: dub.py INPUT.flv STS_URL OUTPUT.wav

Prints one line for each fragment, with its outcome, and at the end "processed N" from stssrc's statistics.
"""
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402  (the version must be required first)


def main(source, url, output):
    Gst.init(None)
    pipeline = Gst.parse_launch(
        f'filesrc location="{source}" ! flvdemux ! aacparse ! clocksync ! s.audio_0 '
        'splitmuxsink name=s max-size-time=2000000000 muxer="mp4mux movie-timescale=48000" sink="stssink session=python" '
        'stssrc name=dubbed session=python fragment-duration=2000 timeout=1000 ! audioconvert ! wavenc '
        f'! filesink location="{output}"')
    dubbed = pipeline.get_by_name("dubbed")
    dubbed.set_property("url", url)
    states = []
    dubbed.connect("notify::state", lambda element, _: states.append(element.get_property("state").value_nick))

    loop = GLib.MainLoop()
    failures = []

    def on_message(_, message):
        structure = message.get_structure()
        if message.type == Gst.MessageType.ELEMENT and structure.get_name() == "sts-fragment":
            print("fragment", structure.get_uint64("index").value, structure.get_string("outcome"), flush=True)
        elif message.type == Gst.MessageType.ERROR:
            failures.append(message.parse_error().gerror.message)
            loop.quit()
        elif message.type == Gst.MessageType.EOS:
            loop.quit()

    bus = pipeline.get_bus()
    bus.add_signal_watch()
    bus.connect("message", on_message)
    pipeline.set_state(Gst.State.PLAYING)
    loop.run()
    print("processed", dubbed.get_property("stats").get_uint64("processed").value)
    pipeline.set_state(Gst.State.NULL)
    bus.remove_signal_watch()
    print("states", *states)
    if failures:
        sys.exit(failures[0])


main(*sys.argv[1:])
