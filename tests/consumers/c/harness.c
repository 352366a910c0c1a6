/* What GStreamer expects of every element, one case for each run, on GstHarness and its GstTestClock.
 *
 * usage: harness CASE
 *
 * Prints "done" at the end; exits with a message if something was not as it should be. No server is needed: the original plays.
 * cc harness.c -o harness $(pkg-config --cflags --libs gstreamer-check-1.0)
 */
#include <gst/check/gstharness.h>
#include <gst/check/gsttestclock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE 48000
/* Of sound, in samples; and a fragment, which holds 46 of AAC. */
#define PIECE 1024
#define FRAGMENT GST_SECOND
#define PIECE_TIME(n) gst_util_uint64_scale (n, PIECE * GST_SECOND, RATE)
/* fragment-duration + timeout + margin of what follows. */
#define LATENCY (2500 * GST_MSECOND)
#define SOURCE "stssrc name=source session=harness url=http://127.0.0.1:1 fragment-duration=1000 timeout=1000 margin=500 "
#define INPUT "audioconvert name=input ! voaacenc ! aacparse ! cut.audio_0 " \
  "splitmuxsink name=cut max-size-time=1000000000 muxer=\"mp4mux movie-timescale=48000\" sink=\"stssink session=harness\""
#define SOUND "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=2"
#define AAC "audio/mpeg,mpegversion=4,stream-format=raw,rate=48000,channels=2,codec_data=(buffer)1190"
#define LIMIT (20 * GST_SECOND)
/* What ends a wait must end it within this, at least once in some attempts: the machine may be busy. */
#define UNLOCKED (50 * G_TIME_SPAN_MILLISECOND)
#define ATTEMPTS 5

#define REQUIRE(condition, ...) \
  do { if (!(condition)) { gst_printerr ("%s: ", #condition); gst_printerr (__VA_ARGS__); gst_printerr ("\n"); exit (1); } } while (0)

static GstBus *
watch (GstHarness * h)
{
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (h->element, bus);
  return bus;
}

static void
drop (GstHarness * h, GstBus * bus)
{
  gst_harness_teardown (h);
  if (bus != NULL)
    gst_object_unref (bus);
}

/* The next message of that type, and of that name if it is an element's; any error that comes first ends the case. */
static GstMessage *
next_message (GstBus * bus, GstMessageType type, const gchar * name)
{
  for (;;) {
    GstMessage *message = gst_bus_timed_pop_filtered (bus, LIMIT, type | GST_MESSAGE_ERROR);

    REQUIRE (message != NULL, "no %s within %d s", name != NULL ? name : gst_message_type_get_name (type), (int) (LIMIT / GST_SECOND));
    REQUIRE ((GST_MESSAGE_TYPE (message) & type) != 0, "%" GST_PTR_FORMAT, message);
    if (name == NULL || gst_message_has_name (message, name))
      return message;
    gst_message_unref (message);
  }
}

static guint64
field (GstMessage * message, const gchar * name)
{
  guint64 value = 0;

  REQUIRE (gst_structure_get_uint64 (gst_message_get_structure (message), name, &value), "%s", name);
  return value;
}

static guint64
next_field (GstBus * bus, const gchar * message, const gchar * name)
{
  GstMessage *found = next_message (bus, GST_MESSAGE_ELEMENT, message);
  guint64 value = field (found, name);

  gst_message_unref (found);
  return value;
}

static gboolean
is_near (GstClockTime a, GstClockTime b, GstClockTime tolerance)
{
  return GST_CLOCK_DIFF (a, b) <= (GstClockTimeDiff) tolerance && GST_CLOCK_DIFF (b, a) <= (GstClockTimeDiff) tolerance;
}

/* A tone of 500 Hz, so many pieces long, as it would come from a microphone. */
static void
push_tone (GstPad * feed, guint rate, guint channels, GstClockTime start, guint count)
{
  for (guint piece = 0; piece < count; piece++) {
    GstBuffer *buffer = gst_buffer_new_allocate (NULL, PIECE * channels * 2, NULL);
    GstMapInfo map;

    gst_buffer_map (buffer, &map, GST_MAP_WRITE);
    for (guint i = 0; i < PIECE * channels; i++)
      ((gint16 *) map.data)[i] = (piece * PIECE + i / channels) * 1000 / rate % 2 ? 8000 : -8000;
    gst_buffer_unmap (buffer, &map);
    GST_BUFFER_PTS (buffer) = start + gst_util_uint64_scale (piece, PIECE * GST_SECOND, rate);
    GST_BUFFER_DURATION (buffer) = gst_util_uint64_scale (1, PIECE * GST_SECOND, rate);
    REQUIRE (gst_pad_push (feed, buffer) == GST_FLOW_OK, "piece %u", piece);
  }
}

static void
push_sound (GstPad * feed, GstClockTime start, guint first, guint count)
{
  push_tone (feed, RATE, 2, start + PIECE_TIME (first), count);
}

static GstBuffer *
frame (GstClockTime pts)
{
  GstBuffer *buffer = gst_buffer_new_wrapped (g_strdup ("\x21\x10"), 2);

  GST_BUFFER_PTS (buffer) = pts;
  return buffer;
}

static void
await_event (GstHarness * h, GstEventType type)
{
  GstEventType found;

  do {
    GstEvent *event = gst_harness_pull_event (h);

    REQUIRE (event != NULL, "no %s", gst_event_type_get_name (type));
    found = GST_EVENT_TYPE (event);
    gst_event_unref (event);
  } while (found != type);
}

/* Both ends of a dub. GstHarness takes no element that changes its state by and by, as splitmuxsink does: that one has a
 * pad to itself. What comes before the source has its caps would be lost. */
typedef struct
{
  GstHarness *output;
  GstElement *source;
  GstElement *input;
  GstPad *feed;
  GstBus *bus;
} Dub;

static void
push_caps (Dub * dub, const gchar * text)
{
  GstCaps *caps = gst_caps_from_string (text);

  gst_pad_push_event (dub->feed, gst_event_new_caps (caps));
  gst_caps_unref (caps);
}

static void
push_segment (Dub * dub, GstClockTime start, GstClockTime base)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = segment.time = segment.position = start;
  segment.base = base;
  gst_pad_push_event (dub->feed, gst_event_new_segment (&segment));
}

static Dub
new_dub (const gchar * settings)
{
  gchar *description = g_strconcat (SOURCE, settings, NULL);
  Dub dub = { gst_harness_new_parse (description), NULL, gst_parse_bin_from_description (INPUT, FALSE, NULL), gst_pad_new ("feed", GST_PAD_SRC), gst_bus_new () };
  GstElement *first = gst_bin_get_by_name (GST_BIN (dub.input), "input");
  GstPad *sink = gst_element_get_static_pad (first, "sink");

  g_free (description);
  gst_object_ref_sink (dub.input);
  dub.source = gst_bin_get_by_name (GST_BIN (dub.output->element), "source");
  gst_element_set_bus (dub.output->element, dub.bus);
  gst_element_set_bus (dub.input, dub.bus);
  REQUIRE (gst_pad_link (dub.feed, sink) == GST_PAD_LINK_OK, "feed");
  gst_object_unref (sink);
  gst_object_unref (first);
  gst_pad_set_active (dub.feed, TRUE);
  gst_harness_play (dub.output);
  await_event (dub.output, GST_EVENT_CAPS);
  gst_element_set_state (dub.input, GST_STATE_PLAYING);
  gst_pad_push_event (dub.feed, gst_event_new_stream_start ("feed"));
  push_caps (&dub, SOUND);
  return dub;
}

static void
end_dub (Dub * dub)
{
  gst_pad_push_event (dub->feed, gst_event_new_eos ());
  gst_element_send_event (dub->source, gst_event_new_eos ());
}

static void
drop_dub (Dub * dub)
{
  gst_element_set_state (dub->input, GST_STATE_NULL);
  gst_pad_set_active (dub->feed, FALSE);
  gst_object_unref (dub->feed);
  gst_object_unref (dub->input);
  gst_object_unref (dub->source);
  drop (dub->output, dub->bus);
}

/* A sink whose muxer makes one file of all. */
static GstHarness *
new_muxed (GstBus ** bus)
{
  GstHarness *h = gst_harness_new_parse ("audioconvert ! voaacenc ! aacparse ! mp4mux ! stssink name=sink session=harness");

  *bus = watch (h);
  gst_harness_set_src_caps_str (h, SOUND);
  /* Not by the harness, which takes nothing but a change at once. */
  gst_element_set_state (h->element, GST_STATE_PLAYING);
  return h;
}

/* Whether it is the tone: once through zero in a millisecond. */
static gboolean
is_tone (GstBuffer * buffer)
{
  GstMapInfo map;
  gint crossings = 0, sign = 0;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  for (gsize i = 0; i < map.size / 2; i += 2) {
    gint value = ((gint16 *) map.data)[i];

    if (abs (value) > 2000) {
      crossings += sign * value < 0;
      sign = value < 0 ? -1 : 1;
    }
  }
  gst_buffer_unmap (buffer, &map);
  return is_near (crossings * GST_MSECOND, GST_BUFFER_DURATION (buffer), GST_MSECOND);
}

/* Pulls all up to EOS: contiguous, up to that time, and loud for so long. What is decoded leaves early; then its time comes, and that of the end. */
static void
pull_all (Dub * dub, GstClockTime expected_end, GstClockTime expected_loud)
{
  /* Each time that the encoder begins it gives 40 ms of silence, and the tone's beginning is none yet. */
  const GstClockTime tolerance = 100 * GST_MSECOND, priming = 60 * GST_MSECOND;
  GstClockTime end = GST_CLOCK_TIME_NONE, loud = 0;
  GstBuffer *buffer;

  while (gst_harness_pull_until_eos (dub->output, &buffer) && buffer != NULL) {
    REQUIRE (end == GST_CLOCK_TIME_NONE || GST_BUFFER_PTS (buffer) == end, "%" GST_PTR_FORMAT, buffer);
    end = GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer);
    if (is_tone (buffer))
      loud += GST_BUFFER_DURATION (buffer);
    gst_buffer_unref (buffer);
    if (end + tolerance > expected_end)
      gst_harness_set_time (dub->output, 60 * GST_SECOND);
  }
  REQUIRE (is_near (end, expected_end, tolerance), "ends at %" GST_TIME_FORMAT, GST_TIME_ARGS (end));
  REQUIRE (is_near (loud, expected_loud - priming, tolerance), "%" GST_TIME_FORMAT " loud", GST_TIME_ARGS (loud));
}

static GstClockTime
query_latency (GstElement * element)
{
  GstQuery *query = gst_query_new_latency ();
  gboolean live = FALSE;
  GstClockTime least = 0, most = 0;

  REQUIRE (gst_element_query (element, query), "no answer");
  gst_query_parse_latency (query, &live, &least, &most);
  gst_query_unref (query);
  REQUIRE (live && most == GST_CLOCK_TIME_NONE, "live %d, most %" GST_TIME_FORMAT, live, GST_TIME_ARGS (most));
  return least;
}

/* The same before and after there are caps, in every state. */
static void
latency (void)
{
  GstHarness *h = gst_harness_new_parse (SOURCE);
  GstElement *source = gst_bin_get_by_name (GST_BIN (h->element), "source");
  GstState states[] = { GST_STATE_NULL, GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_PLAYING };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    gst_element_set_state (h->element, states[i]);
    REQUIRE (query_latency (source) == LATENCY, "in %s", gst_element_state_get_name (states[i]));
  }
  gst_harness_set_time (h, 10 * GST_SECOND);
  gst_buffer_unref (gst_harness_pull (h));
  REQUIRE (query_latency (source) == LATENCY, "with caps");
  gst_object_unref (source);
  drop (h, NULL);
}

/* Time is the pipeline's clock and no other: nothing leaves before it is due by it, all that is due leaves. */
static void
test_clock (void)
{
  GstHarness *h = gst_harness_new_parse (SOURCE);
  GstClockTime end = 0;

  gst_harness_play (h);
  /* Half the margin early. */
  gst_harness_set_time (h, LATENCY - 250 * GST_MSECOND - 1);
  g_usleep (3 * G_USEC_PER_SEC);
  REQUIRE (gst_harness_buffers_received (h) == 0, "%u too early", gst_harness_buffers_received (h));
  gst_harness_set_time (h, LATENCY + 2 * GST_SECOND);
  while (end < 2 * GST_SECOND) {
    GstBuffer *buffer = gst_harness_pull (h);

    REQUIRE (buffer != NULL && GST_BUFFER_PTS (buffer) == end, "%" GST_PTR_FORMAT, buffer);
    end += GST_BUFFER_DURATION (buffer);
    gst_buffer_unref (buffer);
  }
  drop (h, NULL);
}

/* A live source can't be sought in, says so, and plays on. */
static void
seek (void)
{
  GstHarness *h = gst_harness_new_parse (SOURCE);
  GstQuery *query = gst_query_new_seeking (GST_FORMAT_TIME);
  gboolean seekable = TRUE;
  GstClockTime before, after;
  GstBuffer *buffer;

  gst_harness_play (h);
  gst_harness_set_time (h, 10 * GST_SECOND);
  buffer = gst_harness_pull (h);
  before = GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer);
  gst_buffer_unref (buffer);
  if (gst_element_query (h->element, query))
    gst_query_parse_seeking (query, NULL, &seekable, NULL, NULL);
  else
    seekable = FALSE;
  gst_query_unref (query);
  REQUIRE (!seekable, "it says that it can");
  REQUIRE (!gst_element_seek_simple (h->element, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, GST_SECOND), "flushing");
  REQUIRE (!gst_element_seek_simple (h->element, GST_FORMAT_TIME, GST_SEEK_FLAG_NONE, GST_SECOND), "not flushing");
  buffer = gst_harness_pull (h);
  after = GST_BUFFER_PTS (buffer);
  gst_buffer_unref (buffer);
  REQUIRE (after == before, "%" GST_TIME_FORMAT, GST_TIME_ARGS (after));
  drop (h, NULL);
}

static void
flush (GstHarness * h)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  REQUIRE (gst_harness_push_event (h, gst_event_new_flush_start ()), "start");
  REQUIRE (gst_harness_push_event (h, gst_event_new_flush_stop (TRUE)), "stop");
  REQUIRE (gst_harness_push_event (h, gst_event_new_segment (&segment)), "segment");
}

/* Without a segment behind the flush, the core warns, which ends this process. */
static void
flush_timestamper (void)
{
  GstHarness *h = gst_harness_new_with_padnames ("livetimestamper", "audio_sink", "audio_src");
  GstBuffer *buffer;

  gst_harness_set_src_caps_str (h, AAC);
  gst_harness_set_time (h, 10 * GST_SECOND);
  REQUIRE (gst_harness_push (h, frame (3600 * GST_SECOND)) == GST_FLOW_OK, "first");
  gst_buffer_unref (gst_harness_pull (h));
  flush (h);
  gst_harness_set_time (h, 12 * GST_SECOND);
  REQUIRE (gst_harness_push (h, frame (3601 * GST_SECOND)) == GST_FLOW_OK, "second");
  buffer = gst_harness_pull (h);
  REQUIRE (GST_BUFFER_PTS (buffer) == 12 * GST_SECOND, "%" GST_PTR_FORMAT, buffer);
  gst_buffer_unref (buffer);
  drop (h, NULL);
}

/* After a flush a muxer must begin with a key frame again. */
static void
flush_gate (void)
{
  GstHarness *h = gst_harness_new_with_padnames ("avgate", "video_sink", "video_src");

  gst_harness_set_src_caps_str (h, "video/x-h264");
  REQUIRE (gst_harness_push (h, frame (0)) == GST_FLOW_OK, "key frame");
  for (guint i = 0; i < 2; i++) {
    GstBuffer *delta = frame (GST_SECOND);

    GST_BUFFER_FLAG_SET (delta, GST_BUFFER_FLAG_DELTA_UNIT);
    REQUIRE (gst_harness_push (h, delta) == GST_FLOW_OK, "picture");
    REQUIRE (gst_harness_buffers_received (h) == 2, "%u after %u flushes", gst_harness_buffers_received (h), i);
    flush (h);
  }
  REQUIRE (gst_harness_push (h, frame (0)) == GST_FLOW_OK, "key frame");
  REQUIRE (gst_harness_buffers_received (h) == 3, "%u", gst_harness_buffers_received (h));
  drop (h, NULL);
}

/* Half a tag does not survive a flush. */
static void
flush_flv (void)
{
  const guint8 header[] = { 'F', 'L', 'V', 1, 5, 0, 0, 0, 9, 0, 0, 0, 0 };
  /* Metadata of one byte; the half of one. */
  const guint8 tag[] = { 18, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 12 };
  GstHarness *h = gst_harness_new ("flvgate");
  gsize passed = 0;

  gst_harness_set_src_caps_str (h, "video/x-flv");
  for (guint i = 0; i < 2; i++) {
    REQUIRE (gst_harness_push (h, gst_buffer_new_memdup (header, sizeof header)) == GST_FLOW_OK, "header");
    REQUIRE (gst_harness_push (h, gst_buffer_new_memdup (tag, sizeof tag)) == GST_FLOW_OK, "tag");
    REQUIRE (gst_harness_push (h, gst_buffer_new_memdup (tag, sizeof tag / 2)) == GST_FLOW_OK, "half a tag");
    flush (h);
  }
  while (gst_harness_buffers_in_queue (h) > 0) {
    GstBuffer *buffer = gst_harness_pull (h);

    passed += gst_buffer_get_size (buffer);
    gst_buffer_unref (buffer);
  }
  REQUIRE (passed == 2 * (sizeof header + sizeof tag), "%" G_GSIZE_FORMAT " bytes", passed);
  drop (h, NULL);
}

/* A muxer writes on a thread of its own. */
static void
await_rendered (GstElement * sink, guint64 count)
{
  const gint64 limit = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;
  guint64 rendered = 0;

  while (rendered < count) {
    GstStructure *stats = NULL;

    g_object_get (sink, "stats", &stats, NULL);
    gst_structure_get_uint64 (stats, "rendered", &rendered);
    gst_structure_free (stats);
    REQUIRE (g_get_monotonic_time () < limit, "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT, rendered, count);
    g_usleep (G_USEC_PER_SEC / 100);
  }
}

/* What came before a flush is gone, as from a filesink: what the muxer then makes of it is no file, and that is told. */
static void
flush_sink (void)
{
  GstBus *bus;
  GstHarness *source = gst_harness_new_parse (SOURCE);
  GstHarness *h = new_muxed (&bus);
  GstElement *sink = gst_bin_get_by_name (GST_BIN (h->element), "sink");
  GstPad *pad = gst_element_get_static_pad (sink, "sink");
  GstSegment segment;
  GstMessage *message;
  gboolean is_warning;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_play (source);
  push_sound (h->srcpad, 0, 0, 40);
  await_rendered (sink, 30);
  gst_pad_send_event (pad, gst_event_new_flush_start ());
  gst_pad_send_event (pad, gst_event_new_flush_stop (FALSE));
  gst_pad_send_event (pad, gst_event_new_segment (&segment));
  push_sound (h->srcpad, 0, 40, 40);
  gst_harness_push_event (h, gst_event_new_eos ());
  do {
    message = next_message (bus, GST_MESSAGE_WARNING | GST_MESSAGE_ELEMENT, NULL);
    REQUIRE (!gst_message_has_name (message, "sts-fragment-cut"), "it was kept");
    is_warning = GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING;
    gst_message_unref (message);
  } while (!is_warning);
  gst_object_unref (pad);
  gst_object_unref (sink);
  drop (h, bus);
  drop (source, NULL);
}

/* An application may flush the source: it plays on where it was. */
static void
flush_source (void)
{
  GstHarness *h = gst_harness_new_parse (SOURCE);
  GstBuffer *buffer;
  GstClockTime end;

  gst_harness_play (h);
  gst_harness_set_time (h, 10 * GST_SECOND);
  buffer = gst_harness_pull (h);
  end = GST_BUFFER_PTS (buffer);
  gst_buffer_unref (buffer);
  REQUIRE (gst_element_send_event (h->element, gst_event_new_flush_start ()), "start");
  REQUIRE (gst_element_send_event (h->element, gst_event_new_flush_stop (FALSE)), "stop");
  gst_harness_set_time (h, 20 * GST_SECOND);
  do {
    buffer = gst_harness_pull (h);
    REQUIRE (buffer != NULL && GST_BUFFER_PTS (buffer) >= end, "%" GST_PTR_FORMAT, buffer);
    end = GST_BUFFER_PTS (buffer);
    gst_buffer_unref (buffer);
  } while (end < 15 * GST_SECOND);
  drop (h, NULL);
}

/* The rest is a fragment, too, and the output is as long as the input. */
static void
eos_mid_fragment (void)
{
  Dub dub = new_dub ("");
  GstClockTime end;

  push_segment (&dub, 0, 0);
  push_sound (dub.feed, 0, 0, 70);
  end_dub (&dub);
  REQUIRE (next_field (dub.bus, "sts-fragment-cut", "start-time") == 0, "first");
  end = next_field (dub.bus, "sts-fragment-cut", "start-time");
  REQUIRE (is_near (end, FRAGMENT, 30 * GST_MSECOND), "%" GST_TIME_FORMAT, GST_TIME_ARGS (end));
  pull_all (&dub, PIECE_TIME (70), PIECE_TIME (70));
  drop_dub (&dub);
}

/* Running time is what counts, not timestamps. */
static void
segment (void)
{
  Dub dub = new_dub ("");
  GstClockTime start;

  push_segment (&dub, 3600 * GST_SECOND, 5 * GST_SECOND);
  push_sound (dub.feed, 3600 * GST_SECOND, 0, 70);
  end_dub (&dub);
  start = next_field (dub.bus, "sts-fragment-cut", "start-time");
  REQUIRE (is_near (start, 5 * GST_SECOND, 60 * GST_MSECOND), "%" GST_TIME_FORMAT, GST_TIME_ARGS (start));
  pull_all (&dub, 5 * GST_SECOND + PIECE_TIME (70), PIECE_TIME (70));
  drop_dub (&dub);
}

/* 2 s without sound, announced by GAP and DISCONT, are 2 s of silence. */
static void
gap (void)
{
  const guint before = 60, missing = 94, after = 60;
  Dub dub = new_dub ("");
  GstBuffer *empty = gst_buffer_new_allocate (NULL, PIECE * 4, NULL);

  push_segment (&dub, 0, 0);
  push_sound (dub.feed, 0, 0, before);
  gst_pad_push_event (dub.feed, gst_event_new_gap (PIECE_TIME (before), PIECE_TIME (missing - 1)));
  gst_buffer_memset (empty, 0, 0, PIECE * 4);
  GST_BUFFER_PTS (empty) = PIECE_TIME (before + missing - 1);
  GST_BUFFER_DURATION (empty) = PIECE_TIME (1);
  GST_BUFFER_FLAG_SET (empty, GST_BUFFER_FLAG_DISCONT | GST_BUFFER_FLAG_GAP);
  REQUIRE (gst_pad_push (dub.feed, empty) == GST_FLOW_OK, "a gap's buffer");
  push_sound (dub.feed, 0, before + missing, after);
  end_dub (&dub);
  gst_message_unref (next_message (dub.bus, GST_MESSAGE_ELEMENT, "sts-fragment-cut"));
  pull_all (&dub, PIECE_TIME (before + missing + after), PIECE_TIME (before + after));
  drop_dub (&dub);
}

/* Another rate and number of channels in the middle begin another fragment, whose original is as good. */
static void
caps (void)
{
  const GstClockTime change = PIECE_TIME (60), length = gst_util_uint64_scale (60, PIECE * GST_SECOND, 44100);
  Dub dub = new_dub ("");

  push_segment (&dub, 0, 0);
  push_sound (dub.feed, 0, 0, 60);
  push_caps (&dub, "audio/x-raw,format=S16LE,layout=interleaved,rate=44100,channels=1");
  push_tone (dub.feed, 44100, 1, change, 60);
  end_dub (&dub);
  pull_all (&dub, change + length, change + length);
  drop_dub (&dub);
}

/* A frame without a timestamp stands behind the one before it. */
static void
no_pts (void)
{
  GstHarness *h = gst_harness_new_with_padnames ("livetimestamper", "audio_sink", "audio_src");
  GstClockTime first = 0;

  gst_harness_set_src_caps_str (h, AAC);
  gst_harness_set_time (h, GST_SECOND);
  for (guint i = 0; i < 4; i++) {
    GstBuffer *buffer;

    REQUIRE (gst_harness_push (h, frame (i == 1 ? 0 : GST_CLOCK_TIME_NONE)) == GST_FLOW_OK, "frame %u", i);
    buffer = gst_harness_pull (h);
    if (i == 0)
      REQUIRE (!GST_BUFFER_PTS_IS_VALID (buffer), "%" GST_PTR_FORMAT, buffer);
    else if (i == 1)
      first = GST_BUFFER_PTS (buffer);
    else
      REQUIRE (is_near (GST_BUFFER_PTS (buffer), first + PIECE_TIME (i - 1), 1), "%" GST_PTR_FORMAT, buffer);
    gst_buffer_unref (buffer);
  }
  drop (h, NULL);
}

static GstPadProbeReturn
erase_pts (GstPad * pad G_GNUC_UNUSED, GstPadProbeInfo * info, gpointer data G_GNUC_UNUSED)
{
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));

  GST_BUFFER_PTS (buffer) = GST_CLOCK_TIME_NONE;
  info->data = buffer;
  return GST_PAD_PROBE_OK;
}

/* A file of which no buffer has a timestamp is no fragment, and the operator is told why. */
static void
no_pts_sink (void)
{
  GstBus *bus;
  GstHarness *source = gst_harness_new_parse (SOURCE);
  GstHarness *h = new_muxed (&bus);
  GstElement *sink = gst_bin_get_by_name (GST_BIN (h->element), "sink");
  GstPad *pad = gst_element_get_static_pad (sink, "sink");
  GstMessage *warning;
  GError *error = NULL;

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, erase_pts, NULL, NULL);
  gst_object_unref (pad);
  gst_object_unref (sink);
  gst_harness_play (source);
  push_sound (h->srcpad, 0, 0, 60);
  gst_harness_push_event (h, gst_event_new_eos ());
  warning = next_message (bus, GST_MESSAGE_WARNING, NULL);
  gst_message_parse_warning (warning, &error, NULL);
  REQUIRE (strstr (error->message, "no timestamps") != NULL, "%s", error->message);
  g_error_free (error);
  gst_message_unref (warning);
  drop (h, bus);
  drop (source, NULL);
}

/* A good one that is not what there is. */
static gchar *
other_text (GParamSpec * spec, const gchar * there)
{
  const gchar *usual = G_PARAM_SPEC_STRING (spec)->default_value;
  const gchar *begin = g_str_equal (spec->name, "url") ? "http://a" : usual != NULL && usual[0] == '/' ? "/a" : "aa";

  return g_strconcat (begin, g_strcmp0 (there, begin) ? "" : "b", NULL);
}

/* Whatever is set at whatever time: what is for READY stays as it was above it, and nothing is upset. */
static void
properties (void)
{
  const gchar *names[] = { "stssink", "stssrc", "livetimestamper", "flvgate", "avgate", "rtpinfo" };
  GstState states[] = { GST_STATE_NULL, GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_PLAYING, GST_STATE_PAUSED, GST_STATE_READY, GST_STATE_NULL };

  for (guint n = 0; n < G_N_ELEMENTS (names); n++) {
    GstElement *element = gst_object_ref_sink (gst_element_factory_make (names[n], NULL));
    guint count = 0;
    GParamSpec **specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (element), &count);

    for (guint s = 0; s < G_N_ELEMENTS (states); s++) {
      REQUIRE (gst_element_set_state (element, states[s]) != GST_STATE_CHANGE_FAILURE, "%s in %s", names[n],
          gst_element_state_get_name (states[s]));
      for (guint p = 0; p < count; p++) {
        GValue before = G_VALUE_INIT, wanted = G_VALUE_INIT, after = G_VALUE_INIT;
        GParamSpec *spec = specs[p];
        gboolean is_ours = spec->owner_type == G_OBJECT_TYPE (element);
        gboolean is_fixed = (spec->flags & GST_PARAM_MUTABLE_PLAYING) == 0 && states[s] > GST_STATE_READY;

        if (!is_ours || (spec->flags & G_PARAM_WRITABLE) == 0)
          continue;
        g_value_init (&before, spec->value_type);
        g_value_init (&after, spec->value_type);
        g_value_init (&wanted, spec->value_type);
        if (spec->flags & G_PARAM_READABLE)
          g_object_get_property (G_OBJECT (element), spec->name, &before);
        if (G_IS_PARAM_SPEC_UINT (spec))
          g_value_set_uint (&wanted, G_PARAM_SPEC_UINT (spec)->minimum + (g_value_get_uint (&before) == G_PARAM_SPEC_UINT (spec)->minimum));
        else if (G_IS_PARAM_SPEC_STRING (spec))
          g_value_take_string (&wanted, other_text (spec, g_value_get_string (&before)));
        else if (G_IS_PARAM_SPEC_BOOLEAN (spec))
          g_value_set_boolean (&wanted, !g_value_get_boolean (&before));
        else
          g_value_set_enum (&wanted, !g_value_get_enum (&before));
        g_object_set_property (G_OBJECT (element), spec->name, &wanted);
        if (spec->flags & G_PARAM_READABLE) {
          g_object_get_property (G_OBJECT (element), spec->name, &after);
          REQUIRE (g_param_values_cmp (spec, is_fixed ? &before : &wanted, &after) == 0, "%s.%s in %s", names[n], spec->name,
              gst_element_state_get_name (states[s]));
        }
        g_value_unset (&before);
        g_value_unset (&wanted);
        g_value_unset (&after);
      }
    }
    g_free (specs);
    gst_object_unref (element);
  }
}

/* What is changed in READY counts, though the exchange has begun there with what was set before. */
static void
ready (void)
{
  GstHarness *h = gst_harness_new_parse (SOURCE);
  GstBus *bus = watch (h);
  GstElement *source = gst_bin_get_by_name (GST_BIN (h->element), "source");
  gboolean found = FALSE;

  gst_element_set_state (h->element, GST_STATE_READY);
  g_object_set (source, "session", "other", "margin", 700, NULL);
  gst_harness_play (h);
  while (!found) {
    GstMessage *message = next_message (bus, GST_MESSAGE_ELEMENT, "sts-state");

    found = g_str_equal (gst_structure_get_string (gst_message_get_structure (message), "session"), "other");
    gst_message_unref (message);
  }
  REQUIRE (query_latency (source) == LATENCY + 200 * GST_MSECOND, "latency");
  gst_element_set_state (h->element, GST_STATE_READY);
  g_object_set (source, "url", "no address", NULL);
  REQUIRE (gst_element_set_state (h->element, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE, "no address");
  gst_object_unref (source);
  drop (h, bus);
}

/* The shortest of some attempts to stop a source that waits, of so many buffers the last given. */
static void
unlock (const gchar * name, const gchar * settings, guint pieces, GstClockTime time, guint buffers)
{
  gint64 shortest = G_MAXINT64;

  for (guint i = 0; i < ATTEMPTS && shortest > UNLOCKED; i++) {
    Dub dub = new_dub (settings);
    gint64 began;

    push_segment (&dub, 0, 0);
    push_sound (dub.feed, 0, 0, pieces);
    gst_harness_set_time (dub.output, time);
    for (guint b = 0; b < buffers; b++)
      gst_buffer_unref (gst_harness_pull (dub.output));
    /* Whatever is still going on elsewhere would wake it, too. */
    g_usleep (G_USEC_PER_SEC / 2);
    began = g_get_monotonic_time ();
    gst_element_set_state (dub.source, GST_STATE_READY);
    shortest = MIN (shortest, g_get_monotonic_time () - began);
    drop_dub (&dub);
  }
  REQUIRE (shortest <= UNLOCKED, "%s: %d ms", name, (int) (shortest / 1000));
}

static gpointer
push_frame (GstHarness * h)
{
  return GINT_TO_POINTER (gst_harness_push (h, frame (0)));
}

static void
unlock_source (void)
{
  unlock ("before anything is due", "", 0, 0, 0);
  unlock ("for a fragment that is not complete", "", 10, LATENCY / 2, 0);
  unlock ("for a fragment that is not decided", "timeout=8000 ", 100, LATENCY, 0);
  unlock ("in the silence of an input that has none", "", 0, 10 * GST_SECOND, 100);
}

/* A buffer that waits for PLAYING goes when the element stops, and when it is flushed. */
static void
unlock_timestamper (void)
{
  for (guint flushes = 0; flushes < 2; flushes++) {
    gint64 shortest = G_MAXINT64;

    for (guint i = 0; i < ATTEMPTS && shortest > UNLOCKED; i++) {
      GstHarness *h = gst_harness_new_with_padnames ("livetimestamper", "audio_sink", "audio_src");
      GThread *pusher;
      gint64 began;
      GstFlowReturn result;

      gst_harness_set_src_caps_str (h, AAC);
      gst_element_set_state (h->element, GST_STATE_PAUSED);
      pusher = g_thread_new ("pusher", (GThreadFunc) push_frame, h);
      g_usleep (G_USEC_PER_SEC / 5);
      began = g_get_monotonic_time ();
      if (flushes)
        gst_pad_push_event (h->srcpad, gst_event_new_flush_start ());
      else
        gst_element_set_state (h->element, GST_STATE_READY);
      result = GPOINTER_TO_INT (g_thread_join (pusher));
      shortest = MIN (shortest, g_get_monotonic_time () - began);
      REQUIRE (result == GST_FLOW_FLUSHING, "%s", gst_flow_get_name (result));
      drop (h, NULL);
    }
    REQUIRE (shortest <= UNLOCKED, "%s: %d ms", flushes ? "flush" : "stop", (int) (shortest / 1000));
  }
}

int
main (int argc, char **argv)
{
  const struct
  {
    const gchar *name;
    void (*run) (void);
  } cases[] = {
    {"latency", latency}, {"test_clock", test_clock}, {"seek", seek}, {"flush_timestamper", flush_timestamper}, {"flush_gate", flush_gate},
    {"flush_flv", flush_flv}, {"flush_sink", flush_sink}, {"flush_source", flush_source}, {"eos_mid_fragment", eos_mid_fragment},
    {"segment", segment}, {"gap", gap}, {"caps", caps}, {"no_pts", no_pts}, {"no_pts_sink", no_pts_sink}, {"properties", properties},
    {"ready", ready}, {"unlock_source", unlock_source}, {"unlock_timestamper", unlock_timestamper},
  };

  gst_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    if (argc == 2 && g_str_equal (argv[1], cases[i].name)) {
      cases[i].run ();
      gst_print ("done\n");
      return 0;
    }
  }
  gst_printerr ("usage: harness CASE\n");
  return 2;
}
