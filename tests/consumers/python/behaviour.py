"""Drives the elements through what applications do to them, one case for each run.

usage: behaviour.py CASE STS_URL INPUT.flv

Prints "done" at the end; exits with a message if something was not as it should be. GStreamer's C layer is watched by G_DEBUG=fatal-criticals.
"""
import ctypes
import sys
import time

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402  (the version must be required first)

ELEMENTS = ["stssink", "stssrc", "livetimestamper", "flvgate", "avgate"]
WAIT = 20 * Gst.SECOND

# Seconds: the 3 that stssrc gives the server to confirm the end, and a loaded machine.
LONGEST_STATE_CHANGE = 4.0


# 5 s, as fast as it goes. splitmuxsink of 1.22 takes what comes after a restart for older than what it had: the valve is for those.
SOUND = "audiotestsrc num-buffers=234 samplesperbuffer=1024 ! audio/x-raw,rate=48000,channels=2 ! valve name=valve ! voaacenc ! aacparse "

# Fragments of 1.1 s in it, and a length that makes one of all.
FRAGMENTS = 5
ONE_FRAGMENT = 6000


def audio_of(source):
    return f'filesrc location="{source}" ! flvdemux ! aacparse ! clocksync '


def cutter_of(session, milliseconds=500):
    return (f"splitmuxsink name={session} max-size-time={milliseconds}000000 "
            f'muxer="mp4mux movie-timescale=48000" sink="stssink session={session}" ')


def input_of(audio, session, milliseconds=500):
    return audio + f"! {session}.audio_0 " + cutter_of(session, milliseconds)


def output_of(session, url, name, milliseconds=500, timeout=1000):
    return (f"stssrc name={name} session={session} url={url} fragment-duration={milliseconds} timeout={timeout} "
            f"! fakesink name=sink_{name} sync=true ")


def next_message(pipeline, types):
    message = pipeline.get_bus().timed_pop_filtered(WAIT, types)
    if message is None:
        sys.exit(f"no {types} within {WAIT // Gst.SECOND} s")
    return message


def wait_for(pipeline, **missing):
    """Waits for so many of each element message, by name with _ for -. The splitmuxsink of 1.22 hangs if it is stopped while it opens a file,
    whatever its sink is: who stops it waits until it has opened all that there is to open."""
    missing = {name.replace("_", "-"): count for name, count in missing.items()}
    while any(count > 0 for count in missing.values()):
        message = next_message(pipeline, Gst.MessageType.ELEMENT | Gst.MessageType.ERROR | Gst.MessageType.EOS)
        if message.type != Gst.MessageType.ELEMENT:
            sys.exit(f"{message.parse_error() if message.type == Gst.MessageType.ERROR else message.type} instead of {missing}")
        name = message.get_structure().get_name()
        if name in missing:
            missing[name] -= 1


def playing_in_flight(url, session):
    """A pipeline with a fragment that the server has, and will not answer soon."""
    pipeline = Gst.parse_launch(input_of(SOUND, session, 1100) + output_of(session, url, "dubbed", 1100, 20000))
    pipeline.set_state(Gst.State.PLAYING)
    wait_for(pipeline, sts_fragment_acked=1, splitmuxsink_fragment_opened=FRAGMENTS)
    return pipeline


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
    # Without data no file is opened, so that no order has to wait for anything.
    starved = f"appsrc ! aacparse ! s.audio_0 {cutter_of('s')}"
    for _ in range(3):
        pipeline = Gst.parse_launch(starved + output_of("s", url, "dubbed"))
        for state in orders:
            if pipeline.set_state(state) == Gst.StateChangeReturn.FAILURE:
                sys.exit(f"the pipeline refuses {state}")
    for first in range(len(orders)):
        pipeline = Gst.parse_launch(input_of(SOUND, "s", ONE_FRAGMENT) + output_of("s", url, "dubbed", ONE_FRAGMENT))
        is_fed = False
        for state in orders[first:] + orders[:first]:
            if pipeline.set_state(state) == Gst.StateChangeReturn.FAILURE:
                sys.exit(f"the fed pipeline refuses {state}")
            if state in (Gst.State.NULL, Gst.State.READY):
                pipeline.get_by_name("valve").set_property("drop", is_fed)
            elif not is_fed:
                wait_for(pipeline, splitmuxsink_fragment_opened=1)
                is_fed = True
        pipeline.set_state(Gst.State.NULL)


def unstarted(url, source):
    """Made and dropped without a start."""
    for _ in range(50):
        for name in ELEMENTS:
            Gst.ElementFactory.make(name)
        Gst.parse_launch(input_of(audio_of(source), "s") + output_of("s", url, "dubbed"))


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
    pipeline = Gst.parse_launch(input_of(audio_of(source), "s"))
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


def two_sessions(url, source):
    """Each plays what was cut for it, all of it dubbed."""
    pipeline = Gst.parse_launch(
        audio_of(source) + "! tee name=t t. ! queue ! one.audio_0 t. ! queue ! two.audio_0 " + cutter_of("one", 1100) + cutter_of("two", 1100)
        + output_of("one", url, "first", 1100, 2000) + output_of("two", url, "second", 1100, 2000))
    pipeline.set_state(Gst.State.PLAYING)
    expect_eos(pipeline)
    for name in ["first", "second"]:
        stats = pipeline.get_by_name(name).get_property("stats")
        cut, dubbed = (stats.get_uint64(field).value for field in ("cut", "dubbed"))
        # 5 s in pieces of just below 1.1 s; the rest may be too short to be sent.
        if cut != 5 or dubbed < 4:
            sys.exit(f"{name}: {dubbed} of {cut} dubbed")
    pipeline.set_state(Gst.State.NULL)


def stop_in_flight(url, source):
    """A stop does not wait until the server has answered everything, and what was stopped can be played again."""
    for _ in range(2):
        pipeline = playing_in_flight(url, "s")
        for state in [Gst.State.NULL, Gst.State.PLAYING, Gst.State.NULL]:
            began = time.monotonic()
            pipeline.set_state(state)
            took = time.monotonic() - began
            if took > LONGEST_STATE_CHANGE:
                sys.exit(f"{state} took {took:.1f} s")
            pipeline.get_by_name("valve").set_property("drop", True)


def exit_in_flight(url, source):
    """The process ends in the middle: what C registered for its end runs, nothing is stopped before."""
    pipeline = playing_in_flight(url, "s")
    if pipeline.get_by_name("dubbed").get_property("stats").get_int("inflight").value == 0:
        sys.exit("nothing is in flight")
    print("done", flush=True)
    ctypes.CDLL(None).exit(0)


Gst.init(None)
CASES = [states, unstarted, early_eos, sink_alone, source_alone, same_name, two_sessions, stop_in_flight, exit_in_flight]
{case.__name__: case for case in CASES}[sys.argv[1]](*sys.argv[2:])
print("done", flush=True)
