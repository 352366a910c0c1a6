"""Drives the elements through what applications do to them, one case for each run.

usage: behaviour.py CASE STS_URL INPUT.flv

Prints "done" at the end; exits with a message if something was not as it should be. GStreamer's C layer is watched by G_DEBUG=fatal-criticals.
"""
import sys
import time

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


def fragments_until(pipeline, count, sessions):
    """Waits until each session has decided on so many fragments; returns the outcomes."""
    outcomes = {session: [] for session in sessions}
    while any(len(of_one) < count for of_one in outcomes.values()):
        message = next_message(pipeline, Gst.MessageType.ELEMENT | Gst.MessageType.ERROR | Gst.MessageType.EOS)
        structure = message.get_structure()
        if message.type != Gst.MessageType.ELEMENT:
            sys.exit(f"{message.type} before all fragments: {structure.to_string()}")
        if structure.get_name() == "sts-fragment":
            outcomes[structure.get_string("session")].append(structure.get_string("outcome"))
    return outcomes


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


def two_sessions(url, source):
    """Two sessions in one pipeline don't see each other."""
    pipeline = Gst.parse_launch(input_of("a", source) + output_of("a", url, "first") + input_of("b", source) + output_of("b", url, "second"))
    pipeline.set_state(Gst.State.PLAYING)
    outcomes = fragments_until(pipeline, 3, ["a", "b"])
    if any(outcome != "dubbed" for of_one in outcomes.values() for outcome in of_one):
        sys.exit(f"not dubbed: {outcomes}")
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


def stop_in_flight(url, source):
    """Stopping with fragments at the server takes no longer than the goodbye to it may."""
    pipeline = in_flight(url, source)
    begin = time.monotonic()
    pipeline.set_state(Gst.State.NULL)
    if time.monotonic() - begin > 5:
        sys.exit(f"stopping took {time.monotonic() - begin:.1f} s")


def exit_in_flight(url, source):
    """The process ends as it is, without a word to the pipeline."""
    in_flight(url, source)


def in_flight(url, source):
    pipeline = Gst.parse_launch(input_of("s", source) + output_of("s", url, "dubbed"))
    pipeline.set_state(Gst.State.PLAYING)
    while True:
        message = next_message(pipeline, Gst.MessageType.ELEMENT | Gst.MessageType.ERROR)
        if message.type == Gst.MessageType.ERROR:
            sys.exit(f"error: {message.parse_error()}")
        if message.get_structure().get_name() == "sts-fragment-sent":
            return pipeline


Gst.init(None)
CASES = [states, unstarted, early_eos, sink_alone, source_alone, two_sessions, same_name, stop_in_flight, exit_in_flight]
{case.__name__: case for case in CASES}[sys.argv[1]](*sys.argv[2:])
print("done", flush=True)
