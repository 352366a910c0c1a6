/* What GStreamer expects of the elements that data passes through, one case for each run.
 *
 * usage: filters CASE
 *
 * Prints "done" at the end; exits with a message if something was not as it should be.
 * cc filters.c -o filters $(pkg-config --cflags --libs gstreamer-check-1.0)
 */
#include "harness.h"

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

static gpointer
push_frame (GstHarness * h)
{
  return GINT_TO_POINTER (gst_harness_push (h, frame (0)));
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
  const Case cases[] = {
    {"flush_timestamper", flush_timestamper}, {"flush_gate", flush_gate}, {"flush_flv", flush_flv}, {"no_pts", no_pts},
    {"unlock_timestamper", unlock_timestamper}, {NULL, NULL},
  };

  return run_case (cases, argc, argv);
}
