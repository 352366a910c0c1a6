/* What the cases of this folder share: both ends of a dub, on GstHarness and its GstTestClock. No server is needed: the original plays. */
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

static inline GstBus *
watch (GstHarness * h)
{
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (h->element, bus);
  return bus;
}

static inline void
drop (GstHarness * h, GstBus * bus)
{
  gst_harness_teardown (h);
  if (bus != NULL)
    gst_object_unref (bus);
}

/* The next message of that type, and of that name if it is an element's; any error that comes first ends the case. */
static inline GstMessage *
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

static inline guint64
field (GstMessage * message, const gchar * name)
{
  guint64 value = 0;

  REQUIRE (gst_structure_get_uint64 (gst_message_get_structure (message), name, &value), "%s", name);
  return value;
}

static inline guint64
next_field (GstBus * bus, const gchar * message, const gchar * name)
{
  GstMessage *found = next_message (bus, GST_MESSAGE_ELEMENT, message);
  guint64 value = field (found, name);

  gst_message_unref (found);
  return value;
}

static inline gboolean
is_near (GstClockTime a, GstClockTime b, GstClockTime tolerance)
{
  return GST_CLOCK_DIFF (a, b) <= (GstClockTimeDiff) tolerance && GST_CLOCK_DIFF (b, a) <= (GstClockTimeDiff) tolerance;
}

/* A tone of 500 Hz, so many pieces long, as it would come from a microphone. */
static inline void
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

static inline void
push_sound (GstPad * feed, GstClockTime start, guint first, guint count)
{
  push_tone (feed, RATE, 2, start + PIECE_TIME (first), count);
}

static inline GstBuffer *
frame (GstClockTime pts)
{
  GstBuffer *buffer = gst_buffer_new_wrapped (g_strdup ("\x21\x10"), 2);

  GST_BUFFER_PTS (buffer) = pts;
  return buffer;
}

static inline void
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

static inline void
push_caps (Dub * dub, const gchar * text)
{
  GstCaps *caps = gst_caps_from_string (text);

  gst_pad_push_event (dub->feed, gst_event_new_caps (caps));
  gst_caps_unref (caps);
}

static inline void
push_segment (Dub * dub, GstClockTime start, GstClockTime base)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = segment.time = segment.position = start;
  segment.base = base;
  gst_pad_push_event (dub->feed, gst_event_new_segment (&segment));
}

static inline Dub
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

static inline void
end_dub (Dub * dub)
{
  gst_pad_push_event (dub->feed, gst_event_new_eos ());
  gst_element_send_event (dub->source, gst_event_new_eos ());
}

static inline void
drop_dub (Dub * dub)
{
  gst_element_set_state (dub->input, GST_STATE_NULL);
  gst_pad_set_active (dub->feed, FALSE);
  gst_object_unref (dub->feed);
  gst_object_unref (dub->input);
  gst_object_unref (dub->source);
  drop (dub->output, dub->bus);
}

static inline GstClockTime
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

static inline void
flush (GstHarness * h)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  REQUIRE (gst_harness_push_event (h, gst_event_new_flush_start ()), "start");
  REQUIRE (gst_harness_push_event (h, gst_event_new_flush_stop (TRUE)), "stop");
  REQUIRE (gst_harness_push_event (h, gst_event_new_segment (&segment)), "segment");
}

typedef struct
{
  const gchar *name;
  void (*run) (void);
} Case;

/* The whole of a program: runs the case that it is told; prints "done" at the end. */
static inline int
run_case (const Case * cases, int argc, char **argv)
{
  gst_init (&argc, &argv);
  for (; argc == 2 && cases->name != NULL; cases++) {
    if (g_str_equal (argv[1], cases->name)) {
      cases->run ();
      gst_print ("done\n");
      return 0;
    }
  }
  gst_printerr ("usage: %s CASE\n", argv[0]);
  return 2;
}
