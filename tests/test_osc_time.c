// SPDX-License-Identifier: ISC

/// OSC bundles are carried out at their time and in their order, up to the
/// limits that docs/osc.md gives

#include "tests/check.h"
#include "tests/host/client.h"
#include "tests/host/stage.h"

#include <string.h>

enum { N_TIMED = 60, MAX_WAITING = 256 };

/// Two instances and someone who talks to them
typedef struct {
  Stage*  stage;
  Host*   hosts[2];
  Client* client;
} Osc;

static Osc*
begin(Stage* const stage)
{
  Osc* const osc = calloc(1, sizeof(Osc));
  CHECK(osc);
  osc->stage = stage;
  for (uint32_t i = 0U; i < 2U; ++i) {
    osc->hosts[i] = host_open_usual(osc->stage->world, HOST_WORK_THREAD);
    host_activate(osc->hosts[i]);
  }
  osc->client = client_new(client_port_of(osc->hosts[0]), osc->hosts, 2U);
  return osc;
}

/// Return the time `seconds` from now
static lo_timetag
in_seconds(const double seconds)
{
  lo_timetag time;
  lo_timetag_now(&time);
  const double whole = floor(seconds);
  const double frac  = (double)time.frac + (seconds - whole) * 4294967296.0;
  time.sec += (uint32_t)whole + (frac >= 4294967296.0 ? 1U : 0U);
  time.frac = (uint32_t)fmod(frac, 4294967296.0);
  return time;
}

/// Send a question or a value in a bundle
static void
send_at(Osc* const        osc,
        const lo_timetag  time,
        const char* const address,
        const float       value)
{
  const lo_message message = lo_message_new();
  const lo_bundle  bundle  = lo_bundle_new(time);
  if (isfinite(value)) {
    lo_message_add_float(message, value);
  }
  CHECK(!lo_bundle_add_message(bundle, address, message));
  CHECK(lo_send_bundle_from(osc->client->to, osc->client->lo, bundle) > 0);
  lo_bundle_free_recursive(bundle);
}

static void
send_question_at(Osc* const osc, const lo_timetag time, const char* address)
{
  send_at(osc, time, address, NAN);
}

/// Wait, without a sound, until there are `n` replies
static void
wait_for_replies(Osc* const osc, const uint32_t n)
{
  for (int i = 0; osc->client->n_replies < n; ++i) {
    CHECK(i < 8000);
    (void)lo_server_recv_noblock(osc->client->lo, 1);
  }
}

static int
compare(const void* const a, const void* const b)
{
  const double x = *(const double*)a;
  const double y = *(const double*)b;
  return (x > y) - (x < y);
}

/// A server that is asked alone answers when it is time
static void
test_punctual(Osc* const osc)
{
  double late_ms[N_TIMED];
  for (uint32_t i = 0U; i < N_TIMED; ++i) {
    const lo_timetag time = in_seconds(0.005 + 0.0013 * (double)(i % 30U));
    lo_timetag       now;
    osc->client->n_replies = 0U;
    send_question_at(osc, time, "/remanence/audio-1/mix");
    wait_for_replies(osc, 1U);
    lo_timetag_now(&now);
    late_ms[i] = 1000.0 * lo_timetag_diff(now, time);
    CHECK(late_ms[i] > -1.0); // Never early, but for half a millisecond
  }
  qsort(late_ms, N_TIMED, sizeof(double), compare);
  printf("late by %.2f ms in the middle, %.2f ms at most\n",
         late_ms[N_TIMED / 2],
         late_ms[N_TIMED - 1]);
  CHECK(late_ms[N_TIMED / 2] < 5.0);
}

/// Immediately, and in the past, is now
static void
test_at_once(Osc* const osc)
{
  const lo_timetag immediately = LO_TT_IMMEDIATE;
  lo_timetag       past;
  lo_timetag_now(&past);
  past.sec -= 100U;
  double ms[2];
  for (uint32_t i = 0U; i < 2U; ++i) {
    lo_timetag before;
    lo_timetag after;
    osc->client->n_replies = 0U;
    lo_timetag_now(&before);
    send_question_at(osc, i ? past : immediately, "/remanence/audio-1/mix");
    wait_for_replies(osc, 1U);
    lo_timetag_now(&after);
    ms[i] = 1000.0 * lo_timetag_diff(after, before);
  }
  printf("at once: after %.2f and %.2f ms\n", ms[0], ms[1]);
  CHECK(ms[0] < 100.0 && ms[1] < 100.0); // A busy machine, but no waiting
}

/// What comes at the same time is carried out in the order in which it was sent
static void
test_order(Osc* const osc)
{
  static const char* const controls[] = {
    "mix", "in_gain", "out_gain", "knob_1", "knob_2", "knob_3", "knob_4"};
  const lo_timetag soon = in_seconds(0.05);
  const lo_timetag time = in_seconds(0.25);
  char             address[64];
  osc->client->n_replies = 0U;
  for (uint32_t i = 0U; i < 5U; ++i) { // They leave places behind them
    send_question_at(osc, soon, "/remanence/audio-2/mix");
    send_question_at(osc, time, "/remanence/audio-1/quality");
  }
  wait_for_replies(osc, 5U);
  for (uint32_t i = 0U; i < 100U; ++i) {
    snprintf(
      address, sizeof(address), "/remanence/audio-1/%s", controls[i % 7U]);
    send_question_at(osc, time, address);
  }
  wait_for_replies(osc, 110U);
  for (uint32_t i = 0U; i < 110U; ++i) {
    const char* const is = osc->client->replies[i].address;
    snprintf(address,
             sizeof(address),
             "/remanence/audio-%u/%s/ok",
             i < 5U ? 2U : 1U,
             i < 5U    ? "mix"
             : i < 10U ? "quality"
                       : controls[(i - 10U) % 7U]);
    if (strcmp(is, address) != 0) {
      fprintf(stderr, "%u: %s, expected %s\n", i, is, address);
    }
    CHECK(!strcmp(is, address));
  }
}

/// Earlier times come first, whatever the order in which they were sent
static void
test_sorted(Osc* const osc)
{
  osc->client->n_replies = 0U;
  send_question_at(osc, in_seconds(0.15), "/remanence/audio-1/knob_3");
  send_question_at(osc, in_seconds(0.05), "/remanence/audio-1/knob_1");
  send_question_at(osc, in_seconds(0.1), "/remanence/audio-1/knob_2");
  wait_for_replies(osc, 3U);
  for (uint32_t i = 0U; i < 3U; ++i) {
    char address[64];
    snprintf(address, sizeof(address), "/remanence/audio-1/knob_%u/ok", i + 1U);
    CHECK(!strcmp(osc->client->replies[i].address, address));
  }
}

static void
check_error(const ClientReply* const reply, const int code)
{
  CHECK(strstr(reply->address, "/error"));
  CHECK((int)reply->numbers[0] == code);
}

/// So many wait, and no more; so long, and no longer
static void
test_limits(Osc* const osc)
{
  const lo_timetag time  = in_seconds(1.0);
  const lo_timetag never = LO_TT_IMMEDIATE;
  osc->client->n_replies = 0U;
  for (uint32_t i = 0U; i < MAX_WAITING + 3U; ++i) {
    send_question_at(osc, time, "/remanence/audio-1/mix");
    if (i % 32U == 0U) { // Lest the socket overflow
      send_question_at(osc, never, "/remanence/audio-2/mix");
      wait_for_replies(osc, 1U + i / 32U);
    }
  }
  const uint32_t n_asked = 1U + (MAX_WAITING + 2U) / 32U;
  wait_for_replies(osc, n_asked + 3U);
  lo_timetag now;
  lo_timetag_now(&now);
  CHECK(lo_timetag_diff(time, now) > 0.0); // Else nothing had to wait
  uint32_t n_errors = 0U;
  for (uint32_t i = 0U; i < osc->client->n_replies; ++i) {
    if (strstr(osc->client->replies[i].address, "/error")) {
      check_error(&osc->client->replies[i], 8);
      ++n_errors;
    }
  }
  CHECK(n_errors == 3U);
  wait_for_replies(osc, n_asked + 3U + MAX_WAITING);

  osc->client->n_replies = 0U;
  send_question_at(osc, in_seconds(62.0), "/remanence/audio-1/mix");
  wait_for_replies(osc, 1U);
  check_error(&osc->client->replies[0], 8);
  osc->client->n_replies = 0U;
  send_question_at(osc, in_seconds(58.0), "/remanence/audio-1/mix");
  CHECK(lo_server_recv_noblock(osc->client->lo, 50) == 0);
}

/// What waits for an instance that has left is told so, and changes nothing.
/// Everyone has left then.
static void
test_closed(Osc* const osc)
{
  osc->client->n_replies = 0U;
  for (uint32_t i = 0U; i < 20U; ++i) {
    send_at(osc, in_seconds(0.2), "/remanence/audio-2/mix", 0.25f);
    send_at(osc, in_seconds(0.2), "/remanence/audio-2/load", NAN);
  }
  send_question_at(osc, in_seconds(0.01), "/remanence/audio-1/mix");
  wait_for_replies(osc, 1U); // All of it has arrived
  host_close(osc->hosts[1]);
  osc->client->n_hosts = 1U;
  wait_for_replies(osc, 41U);
  for (uint32_t i = 1U; i < 41U; ++i) {
    check_error(&osc->client->replies[i], 3);
  }
  client_send_nothing(osc->client, "/remanence/audio-1/mix");
  CHECK(client_wait(osc->client, "/remanence/audio-1/mix/ok")->numbers[0] ==
        1.0);

  for (uint32_t i = 0U; i < 20U; ++i) { // The server ends with them waiting
    send_at(osc, in_seconds(5.0), "/remanence/audio-1/mix", 0.25f);
  }
  client_send_nothing(osc->client, "/remanence/audio-1/mix");
  client_wait(osc->client, "/remanence/audio-1/mix/ok");
  host_close(osc->hosts[0]);
  client_free(osc->client);
  free(osc);
}

int
main(void)
{
  Stage* const stage = stage_open(BUILD_DIR "/lv2");
  Osc* const   osc   = begin(stage);
  test_punctual(osc);
  test_at_once(osc);
  test_order(osc);
  test_sorted(osc);
  test_limits(osc);
  test_closed(osc);
  stage_close(stage);
  return 0;
}
