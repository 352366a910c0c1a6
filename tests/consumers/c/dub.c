/* Dubs a file's audio by the elements of the plugin, as any GStreamer program in C would.
 *
 * usage: dub INPUT.flv STS_URL OUTPUT.wav
 *
 * Prints one line for each fragment, with its outcome, and at the end "processed N" from stssrc's statistics.
 * cc dub.c -o dub $(pkg-config --cflags --libs gstreamer-1.0)
 */
#include <gst/gst.h>

static int
print_fragment (const GstStructure * fragment)
{
  guint64 index = 0;

  if (!gst_structure_get_uint64 (fragment, "index", &index))
    return 1;
  g_print ("fragment %" G_GUINT64_FORMAT " %s\n", index, gst_structure_get_string (fragment, "outcome"));
  return 0;
}

/* Until EOS or an error; 0 is success. */
static int
watch (GstBus * bus)
{
  for (;;) {
    GstMessage *message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE,
        GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_ELEMENT);
    const GstStructure *structure = gst_message_get_structure (message);
    GstMessageType type = GST_MESSAGE_TYPE (message);
    int fault = 0;

    if (type == GST_MESSAGE_ERROR) {
      GError *error = NULL;
      gst_message_parse_error (message, &error, NULL);
      g_printerr ("%s\n", error->message);
      g_error_free (error);
      fault = 1;
    } else if (type == GST_MESSAGE_ELEMENT && gst_structure_has_name (structure, "sts-fragment")) {
      fault = print_fragment (structure);
    }
    gst_message_unref (message);
    if (fault || type == GST_MESSAGE_EOS)
      return fault;
  }
}

int
main (int argc, char **argv)
{
  GError *error = NULL;
  GstStructure *stats = NULL;
  guint64 processed = 0;

  gst_init (&argc, &argv);
  if (argc != 4) {
    g_printerr ("usage: dub INPUT.flv STS_URL OUTPUT.wav\n");
    return 2;
  }

  gchar *description = g_strdup_printf (
      "filesrc location=\"%s\" ! flvdemux ! aacparse ! clocksync ! s.audio_0 "
      "splitmuxsink name=s max-size-time=2000000000 muxer=\"mp4mux movie-timescale=48000\" sink=\"stssink session=c\" "
      "stssrc name=dubbed session=c fragment-duration=2000 timeout=1000 ! audioconvert ! wavenc ! filesink location=\"%s\"",
      argv[1], argv[3]);
  GstElement *pipeline = gst_parse_launch_full (description, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  g_free (description);
  if (pipeline == NULL) {
    g_printerr ("%s\n", error->message);
    g_error_free (error);
    return 1;
  }

  GstElement *dubbed = gst_bin_get_by_name (GST_BIN (pipeline), "dubbed");
  GstBus *bus = gst_element_get_bus (pipeline);
  g_object_set (dubbed, "url", argv[2], NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  int fault = watch (bus);

  g_object_get (dubbed, "stats", &stats, NULL);
  fault |= !gst_structure_get_uint64 (stats, "processed", &processed);
  g_print ("processed %" G_GUINT64_FORMAT "\n", processed);
  gst_structure_free (stats);

  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (dubbed);
  gst_object_unref (pipeline);
  gst_deinit ();
  return fault;
}
