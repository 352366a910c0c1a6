/* Properties of all elements, set in every state.
 *
 * usage: properties CASE
 *
 * Prints "done" at the end; exits with a message if something was not as it should be.
 * cc properties.c -o properties $(pkg-config --cflags --libs gstreamer-check-1.0)
 */
#include "harness.h"

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

int
main (int argc, char **argv)
{
  const Case cases[] = {
    {"properties", properties}, {NULL, NULL},
  };

  return run_case (cases, argc, argv);
}
