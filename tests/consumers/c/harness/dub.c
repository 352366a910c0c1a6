/* What GStreamer expects of stssink and stssrc together, one case for each run.
 *
 * usage: dub CASE
 *
 * Prints "done" at the end; exits with a message if something was not as it should be.
 * cc dub.c -o dub $(pkg-config --cflags --libs gstreamer-check-1.0 gio-2.0)
 */
#include "harness.h"
#include <gio/gio.h>

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

static void
unlock_source (void)
{
  /* Takes connections and says nothing, so that nothing is decided. */
  GSocketListener *silent = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (silent, NULL, NULL);
  gchar *undecided = g_strdup_printf ("url=http://127.0.0.1:%u timeout=8000 ", port);

  unlock ("before anything is due", "", 0, 0, 0);
  unlock ("for a fragment that is not complete", "", 10, LATENCY / 2, 0);
  unlock ("for a fragment that is not decided", undecided, 100, LATENCY, 0);
  g_free (undecided);
  g_object_unref (silent);
}

int
main (int argc, char **argv)
{
  const Case cases[] = {
    {"flush_sink", flush_sink}, {"eos_mid_fragment", eos_mid_fragment}, {"segment", segment}, {"gap", gap}, {"caps", caps},
    {"no_pts_sink", no_pts_sink}, {"unlock_source", unlock_source}, {NULL, NULL},
  };

  return run_case (cases, argc, argv);
}
