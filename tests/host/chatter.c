// SPDX-License-Identifier: ISC

#include "tests/host/chatter.h"

#include "plugin/audio/audio.h"
#include "tests/check.h"
#include "tests/host/sockets.h"

#include <lo/lo.h>

#include <pthread.h>
#include <string.h>
#include <time.h>

struct Chatter {
  ChatterSpec spec;
  lo_server   lo;
  lo_address  to;
  pthread_t   thread;
  uint32_t    seed;
  atomic_bool ending;
  atomic_uint n_sent;
  atomic_uint n_answers;
};

static uint32_t
below(Chatter* const chatter, const uint32_t n)
{
  return (uint32_t)((0.5 + 0.5 * (double)noise(&chatter->seed)) * (double)n);
}

static int
on_answer(const char* const address,
          const char* const types,
          lo_arg** const    argv,
          const int         argc,
          const lo_message  message,
          void* const       data)
{
  (void)types;
  (void)argv;
  (void)argc;
  (void)message;
  const char* const last = strrchr(address, '/');
  if (last && (!strcmp(last, "/ok") || !strcmp(last, "/error"))) {
    atomic_fetch_add(&((Chatter*)data)->n_answers, 1U);
  }
  return 0;
}

static const char*
some_path(Chatter* const chatter)
{
  return chatter->spec.paths[below(chatter, chatter->spec.n_paths)];
}

/// Write what a command brings: mostly right, now and then not
static void
fill_message(Chatter* const    chatter,
             const char* const verb,
             const lo_message  message)
{
  if (below(chatter, 50U) == 0U) {
    lo_message_add_nil(message);
  } else if (!strcmp(verb, "load")) {
    lo_message_add_string(message, some_path(chatter));
    lo_message_add_float(message, (float)below(chatter, 60U));
  } else if (!strcmp(verb, "preload")) {
    lo_message_add_int32(message, (int32_t)below(chatter, 20U));
    lo_message_add_string(message, some_path(chatter));
  } else if (!strcmp(verb, "slot")) {
    lo_message_add_int32(message, (int32_t)below(chatter, 20U));
  } else if (!strcmp(verb, "subscribe")) {
    lo_message_add_int32(message, lo_server_get_port(chatter->lo));
    lo_message_add_float(message, (float)below(chatter, 60U));
  } else if (!strncmp(verb, "knob/", 5U)) {
    lo_message_add_float(message, noise(&chatter->seed));
  }
}

/// Return a message for some control, beyond its range too, or a question
static lo_message
control_message(Chatter* const chatter, const char** const symbol)
{
  const RemControl* const control =
    &rem_audio_controls[below(chatter, REM_AUDIO_N_CONTROLS)];
  const float      range   = control->maximum - control->minimum;
  const lo_message message = lo_message_new();
  *symbol                  = control->symbol;
  if (below(chatter, 3U)) {
    lo_message_add_float(
      message, control->normal + 1.1f * range * noise(&chatter->seed));
  }
  return message;
}

/// Send a message, or a bundle of it that is due a little later
static void
send_one(Chatter* const    chatter,
         const char* const address,
         const lo_message  message)
{
  if (below(chatter, 6U)) {
    (void)lo_send_message_from(chatter->to, chatter->lo, address, message);
    lo_message_free(message);
  } else {
    lo_timetag time;
    lo_timetag_now(&time);
    time.frac += below(chatter, 100U) * 1000000U; // Up to 23 ms; may wrap
    const lo_bundle bundle = lo_bundle_new(time);
    lo_bundle_add_message(bundle, address, message);
    (void)lo_send_bundle_from(chatter->to, chatter->lo, bundle);
    lo_bundle_free_recursive(bundle);
  }
  atomic_fetch_add(&chatter->n_sent, 1U);
}

static void
say_something(Chatter* const chatter)
{
  static const char* const verbs[] = {"load",
                                      "preload",
                                      "slot",
                                      "slot",
                                      "next",
                                      "prev",
                                      "models",
                                      "model/1",
                                      "model/3",
                                      "reset",
                                      "get",
                                      "knobs",
                                      "knob/K0",
                                      "knob/K1",
                                      "nonsense",
                                      "subscribe"};
  const char* const        name =
    chatter->spec.names[below(chatter, chatter->spec.n_names)];
  const uint32_t i       = below(chatter, 30U);
  const char*    verb    = i < 16U ? verbs[i] : "get";
  lo_message     message = NULL;
  char           address[128];
  if (i < 17U) {
    message = lo_message_new();
    fill_message(chatter, verb, message);
  } else {
    message = control_message(chatter, &verb);
  }
  snprintf(address, sizeof(address), "/remanence/%s/%s", name, verb);
  send_one(chatter, i == 16U ? "/remanence/list" : address, message);
}

static void*
chat(void* const data)
{
  Chatter* const        chatter = data;
  const struct timespec pause   = {0, 1000L * chatter->spec.pause_us};
  while (!atomic_load(&chatter->ending)) {
    say_something(chatter);
    while (lo_server_recv_noblock(chatter->lo, 0) > 0) {
    }
    nanosleep(&pause, NULL);
  }
  return NULL;
}

Chatter*
chatter_start(const ChatterSpec* const spec)
{
  char           name[16];
  char           own[16];
  Chatter* const chatter = calloc(1, sizeof(Chatter));
  CHECK(chatter);
  snprintf(name, sizeof(name), "%d", spec->port);
  snprintf(own, sizeof(own), "%d", socket_free_port());
  chatter->spec = *spec;
  chatter->seed = spec->seed;
  chatter->lo   = lo_server_new_with_proto(own, LO_UDP, NULL);
  chatter->to   = lo_address_new("127.0.0.1", name);
  CHECK(chatter->lo && chatter->to);
  CHECK(lo_server_add_method(chatter->lo, NULL, NULL, on_answer, chatter));
  CHECK(!pthread_create(&chatter->thread, NULL, chat, chatter));
  return chatter;
}

uint32_t
chatter_n_answers(const Chatter* const chatter)
{
  return atomic_load(&chatter->n_answers);
}

uint32_t
chatter_stop(Chatter* const chatter)
{
  atomic_store(&chatter->ending, true);
  CHECK(!pthread_join(chatter->thread, NULL));
  const uint32_t n = atomic_load(&chatter->n_sent);
  lo_address_free(chatter->to);
  lo_server_free(chatter->lo);
  free(chatter);
  return n;
}
