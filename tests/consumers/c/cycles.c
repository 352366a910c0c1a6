/* Makes, plays, stops and drops a pipeline of all elements over and over; in every second cycle, from the first,
 * the server has fragments at the stop.
 *
 * usage: cycles COUNT INPUT.flv STS_URL
 *
 * Prints the resident memory at every 200th cycle ("resident CYCLE KIB"): the least after one of the last 20, since what the collector has not
 * come to yet, and the threads of the last pipeline, are not kept. At the end "in flight N": how many stops met fragments that were not answered.
 * cc cycles.c -o cycles $(pkg-config --cflags --libs gstreamer-1.0)
 */
#include <gst/gst.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPORTED 200
#define SAMPLED 20
#define LIMIT (20 * GST_SECOND)
/* Of 2 s in a clip of 5 s, which runs through in no time. */
#define FRAGMENTS 3
#define QUEUE "queue max-size-time=60000000000 max-size-bytes=0 max-size-buffers=0 "

static void
fail (const gchar * text)
{
  g_printerr ("%s\n", text);
  exit (1);
}

/* Until the server has got a fragment, or answered all, and splitmuxsink has opened all files: stopped while it opens one, that of 1.22
 * overwrites the mark that it was stopped, and waits for ever. */
static void
wait_for_server (GstElement * pipeline, const gchar * name, gint count)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  gint opened = 0;

  while (count > 0 || opened < FRAGMENTS) {
    GstMessage *message = gst_bus_timed_pop_filtered (bus, LIMIT, GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR);

    if (message == NULL || GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
      fail ("the server did not get and answer the fragments");
    count -= gst_message_has_name (message, name);
    opened += gst_message_has_name (message, "splitmuxsink-fragment-opened");
    gst_message_unref (message);
  }
  gst_object_unref (bus);
}

static gboolean
has_fragments_in_flight (GstElement * pipeline)
{
  GstElement *source = gst_bin_get_by_name (GST_BIN (pipeline), "dubbed");
  GstStructure *stats = NULL;
  gint count = 0;

  g_object_get (source, "stats", &stats, NULL);
  if (!gst_structure_get_int (stats, "inflight", &count))
    fail ("stats has no inflight");
  gst_structure_free (stats);
  gst_object_unref (source);
  return count > 0;
}

static glong
resident_kib (void)
{
  gchar *status = NULL;
  glong kib = 0;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL)
      || sscanf (strstr (status, "VmRSS:"), "VmRSS: %ld kB", &kib) != 1)
    fail ("no VmRSS");
  g_free (status);
  return kib;
}

static gboolean
run_cycle (const gchar * description, gboolean waits_for_answers)
{
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch_full (description, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  gboolean in_flight;

  if (pipeline == NULL)
    fail (error->message);
  if (gst_element_set_state (pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    fail ("the pipeline does not play");
  if (waits_for_answers)
    wait_for_server (pipeline, "sts-fragment-processed", FRAGMENTS);
  else
    wait_for_server (pipeline, "sts-fragment-acked", 1);
  in_flight = !waits_for_answers && has_fragments_in_flight (pipeline);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  return in_flight;
}

int
main (int argc, char **argv)
{
  gint in_flight = 0;
  glong least = G_MAXLONG;

  gst_init (&argc, &argv);
  if (argc != 4) {
    g_printerr ("usage: cycles COUNT INPUT.flv STS_URL\n");
    return 2;
  }

  gchar *description = g_strdup_printf (
      "filesrc location=\"%s\" ! queue ! flvgate ! flvdemux name=d livetimestamper name=t "
      "d.video ! t.video_sink d.audio ! t.audio_sink "
      "t.video_src ! h264parse ! " QUEUE "! gate.video_sink t.audio_src ! aacparse ! " QUEUE "! s.audio_0 "
      "splitmuxsink name=s max-size-time=2000000000 muxer=\"mp4mux movie-timescale=48000\" sink=\"stssink session=cycles\" "
      "stssrc name=dubbed session=cycles url=%s fragment-duration=2000 timeout=2000 encoder-delay=1600 "
      "! audioconvert ! voaacenc ! " QUEUE "! gate.audio_sink avgate name=gate gate.video_src ! mux.video gate.audio_src ! mux.audio "
      "flvmux name=mux streamable=true ! fakesink sync=true async=false", argv[2], argv[3]);
  for (gint cycle = 1; cycle <= atoi (argv[1]); cycle++) {
    in_flight += run_cycle (description, cycle % 2 == 0);
    if ((cycle - 1) % REPORTED >= REPORTED - SAMPLED)
      least = MIN (least, resident_kib ());
    if (cycle % REPORTED == 0) {
      g_print ("resident %d %ld\n", cycle, least);
      least = G_MAXLONG;
    }
  }
  g_free (description);
  g_print ("in flight %d\n", in_flight);
  gst_deinit ();
  return 0;
}
