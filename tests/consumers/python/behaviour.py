"""Drives the elements through what applications do to them, one case for each run.

usage: behaviour.py CASE STS_URL INPUT.flv

Prints "done" at the end; exits with a message if something was not as it should be. GStreamer's C layer is watched by G_DEBUG=fatal-criticals.
"""
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402  (the version must be required first)

ELEMENTS = ["stssink", "stssrc", "livetimestamper", "flvgate", "avgate"]
WAIT = 20 * Gst.SECOND


def input_of(session, source, more=""):
    return (f'filesrc location="{source}" ! flvdemux ! aacparse ! clocksync ! {session}.audio_0 splitmuxsink name={session} {more} '
            f'max-size-time=500000000 muxer="mp4mux movie-timescale=48000" sink="stssink session={session}" ')


def output_of(session, url, name):
    return f"stssrc name={name} session={session} url={url} fragment-duration=500 timeout=1000 ! fakesink name=sink_{name} sync=true "


def next_message(pipeline, types):
    message = pipeline.get_bus().timed_pop_filtered(WAIT, types)
    if message is None:
        sys.exit(f"no {types} within {WAIT // Gst.SECOND} s")
    return message


def expect_eos(pipeline):
    message = next_message(pipeline, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    if message.type == Gst.MessageType.ERROR:
        sys.exit(f"error: {message.parse_error()}")


def states(url, source):
    """Up and down in any order, over and over, alone and in a pipeline."""
    orders = [Gst.State.READY, Gst.State.NULL, Gst.State.PAUSED, Gst.State.READY, Gst.State.PLAYING, Gst.State.PAUSED, Gst.State.PLAYING,
              Gst.State.NULL, Gst.State.PLAYING, Gst.State.READY, Gst.State.PAUSED, Gst.State.NULL, Gst.State.NULL]
    for name in ELEMENTS:
        element = Gst.ElementFactory.make(name)
        if name == "stssrc":
            element.set_property("url", url)
        for _ in range(3):
            for state in orders:
                if element.set_state(state) == Gst.StateChangeReturn.FAILURE:
                    sys.exit(f"{name} refuses {state}")
    for _ in range(3):
        pipeline = Gst.parse_launch(input_of("s", source) + output_of("s", url, "dubbed"))
        for state in orders:
            if pipeline.set_state(state) == Gst.StateChangeReturn.FAILURE:
                sys.exit(f"the pipeline refuses {state}")


def unstarted(url, source):
    """Made and dropped without a start."""
    for _ in range(50):
        for name in ELEMENTS:
            Gst.ElementFactory.make(name)
        Gst.parse_launch(input_of("s", source) + output_of("s", url, "dubbed"))


def early_eos(url, source):
    """EOS before any data is the end, at once, and no fragment."""
    pipeline = Gst.parse_launch(
        'appsrc name=in caps=audio/mpeg,mpegversion=4,stream-format=raw,rate=48000,channels=2 format=time ! aacparse ! s.audio_0 '
        'splitmuxsink name=s max-size-time=500000000 muxer=mp4mux sink="stssink session=s" ' + output_of("s", url, "dubbed"))
    pipeline.set_state(Gst.State.PLAYING)
    pipeline.get_by_name("in").emit("end-of-stream")
    pipeline.send_event(Gst.Event.new_eos())
    expect_eos(pipeline)
    if pipeline.get_by_name("dubbed").get_property("stats").get_uint64("cut").value != 0:
        sys.exit("a fragment out of nothing")
    pipeline.set_state(Gst.State.NULL)


def sink_alone(url, source):
    """Says that its fragments go nowhere, and goes on to the end."""
    pipeline = Gst.parse_launch(input_of("s", source))
    pipeline.set_state(Gst.State.PLAYING)
    warning = next_message(pipeline, Gst.MessageType.WARNING | Gst.MessageType.ERROR | Gst.MessageType.EOS)
    if warning.type != Gst.MessageType.WARNING or "no stssrc plays session 's'" not in warning.parse_warning().gerror.message:
        sys.exit(f"no warning: {warning.type}")
    expect_eos(pipeline)
    pipeline.set_state(Gst.State.NULL)


def source_alone(url, source):
    """Plays silence, and ends when it is told to."""
    pipeline = Gst.parse_launch(output_of("s", url, "dubbed"))
    arrived = []
    pad = pipeline.get_by_name("sink_dubbed").get_static_pad("sink")
    pad.add_probe(Gst.PadProbeType.BUFFER, lambda *_: arrived.append(1) or Gst.PadProbeReturn.OK)
    pipeline.set_state(Gst.State.PLAYING)
    pipeline.get_bus().timed_pop_filtered(4 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    pipeline.send_event(Gst.Event.new_eos())
    expect_eos(pipeline)
    if not arrived:
        sys.exit("not one buffer")
    pipeline.set_state(Gst.State.NULL)


def same_name(url, source):
    """A session is played once: the second source says so."""
    pipeline = Gst.parse_launch(output_of("s", url, "first") + output_of("s", url, "second"))
    if pipeline.set_state(Gst.State.PLAYING) != Gst.StateChangeReturn.FAILURE:
        next_message(pipeline, Gst.MessageType.ERROR)
    else:
        text = next_message(pipeline, Gst.MessageType.ERROR).parse_error().gerror.message
        print(text)
        if "'s'" not in text:
            sys.exit(f"unclear: {text}")
    pipeline.set_state(Gst.State.NULL)


Gst.init(None)
CASES = [states, unstarted, early_eos, sink_alone, source_alone, same_name]
{case.__name__: case for case in CASES}[sys.argv[1]](*sys.argv[2:])
print("done", flush=True)
