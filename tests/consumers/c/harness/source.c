/* What GStreamer expects of stssrc, one case for each run.
 *
 * usage: source CASE
 *
 * Prints "done" at the end; exits with a message if something was not as it should be.
 * cc source.c -o source $(pkg-config --cflags --libs gstreamer-check-1.0)
 */
#include "harness.h"

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

/* What is changed in READY counts, though the exchange has begun there with what was set before: another source finds the one name free, the
 * other taken. */
static void
ready (void)
{
  GstHarness *h = gst_harness_new_parse (SOURCE);
  GstElement *source = gst_bin_get_by_name (GST_BIN (h->element), "source");
  GstElement *other = gst_object_ref_sink (gst_parse_launch (SOURCE, NULL));

  gst_element_set_state (h->element, GST_STATE_READY);
  g_object_set (source, "session", "other", "margin", 700, NULL);
  gst_harness_play (h);
  REQUIRE (query_latency (source) == LATENCY + 200 * GST_MSECOND, "latency");
  REQUIRE (gst_element_set_state (other, GST_STATE_READY) != GST_STATE_CHANGE_FAILURE, "the old name is taken");
  gst_element_set_state (other, GST_STATE_NULL);
  g_object_set (other, "session", "other", NULL);
  REQUIRE (gst_element_set_state (other, GST_STATE_READY) == GST_STATE_CHANGE_FAILURE, "the new name is free");
  gst_element_set_state (h->element, GST_STATE_READY);
  g_object_set (source, "url", "no address", NULL);
  REQUIRE (gst_element_set_state (h->element, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE, "no address");
  gst_object_unref (source);
  gst_object_unref (other);
  drop (h, NULL);
}

int
main (int argc, char **argv)
{
  const Case cases[] = {
    {"latency", latency}, {"test_clock", test_clock}, {"seek", seek}, {"flush_source", flush_source}, {"ready", ready}, {NULL, NULL},
  };

  return run_case (cases, argc, argv);
}
