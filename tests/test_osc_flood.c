// SPDX-License-Identifier: ISC

/// Packets of noise, damaged messages and valid ones in numbers: the sound
/// stays the same to the last bit, memory does not grow, the server goes on
/// answering

#include "tests/check.h"
#include "tests/host/client.h"
#include "tests/host/process.h"
#include "tests/host/sockets.h"
#include "tests/host/stage.h"

#include <lo/lo.h>

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  N_PACKETS = 10000,
#else
  N_PACKETS = 100000,
#endif
  N_LONG    = 1000000,
  N_VALID   = 4, ///< One valid message for so many packets
  N_BURST   = 32,
  MAX_BYTES = 1500,
  BLOCK     = 100,
  SECOND    = 48000
};

/// The flood and whom it falls on
typedef struct {
  Stage*      stage;
  Host*       host;
  int32_t     port;
  int         fd; ///< Connected to the server
  uint32_t    seed;
  atomic_bool done;
  atomic_uint n_sent;
  uint32_t    n_answers;
  uint32_t    n_questions;
  float       in[SECOND];   ///< The same again every second
  float       calm[SECOND]; ///< What is heard of it without a flood
} Flood;

static uint32_t
below(Flood* const flood, const uint32_t n)
{
  return (uint32_t)((0.5 + 0.5 * (double)noise(&flood->seed)) * (double)n);
}

static lo_message
numbers(const char* const types, const double a, const double b)
{
  const lo_message message = lo_message_new();
  for (uint32_t i = 0U; types[i]; ++i) {
    const double x = i ? b : a;
    if (types[i] == 'i') {
      lo_message_add_int32(message, (int32_t)x);
    } else {
      lo_message_add_float(message, (float)x);
    }
  }
  return message;
}

/// Return a valid message that changes no sound, and its address.  Robust ones
/// do not even if some of their bytes are others.
static lo_message
harmless(Flood* const flood, const bool robust, const char** const address)
{
  lo_message message = NULL;
  switch (below(flood, robust ? 5U : 10U)) {
  case 0U:
  case 1U:
    *address = "/remanence/audio-1/models";
    return lo_message_new();
  case 2U:
    *address = "/remanence/audio-1/get";
    return lo_message_new();
  case 3U:
    *address = "/remanence/audio-1/preload";
    message  = numbers("i", (double)below(flood, 64U), 0.0);
    lo_message_add_string(message,
                          below(flood, 2U) ? "plain.safetensors" : "x");
    return message;
  case 4U:
    *address = "/remanence/audio-1/load";
    message  = lo_message_new();
    lo_message_add_string(message, "../../../etc/passwd");
    return message;
  case 5U:
    *address = "/remanence/audio-1/in_gain";
    return numbers("f", 0.0, 0.0);
  case 6U:
    *address = "/remanence/audio-1/mix";
    return numbers("i", 1.0, 0.0);
  case 7U:
    *address = "/remanence/audio-1/knob_1";
    return lo_message_new();
  case 8U:
    *address = "/remanence/audio-1/knobs";
    return lo_message_new();
  default: // Nobody reads port 9
    *address = "/remanence/audio-1/subscribe";
    return numbers("if", 9.0, (double)below(flood, 60U));
  }
}

static lo_timetag
some_time(Flood* const flood)
{
  lo_timetag time = LO_TT_IMMEDIATE;
  if (below(flood, 3U)) {
    lo_timetag_now(&time);
    time.frac = (uint32_t)(noise(&flood->seed) * 2147483647.0f);
    time.sec += below(flood, 4U);
  }
  if (below(flood, 10U) == 0U) { // Far off, before or after
    time.sec = below(flood, 1U << 23U) << 9U;
  }
  return time;
}

/// Return a bundle of messages, with bundles in bundles
static lo_bundle
some_bundle(Flood* const flood, const bool robust)
{
  lo_bundle inner = NULL;
  for (uint32_t depth = 1U + below(flood, 6U); depth > 0U; --depth) {
    const lo_bundle bundle = lo_bundle_new(some_time(flood));
    for (uint32_t n = 1U + below(flood, 4U); n > 0U; --n) {
      const char*      address = NULL;
      const lo_message message = harmless(flood, robust, &address);
      lo_bundle_add_message(bundle, address, message);
    }
    if (inner) {
      lo_bundle_add_bundle(bundle, inner);
    }
    inner = bundle;
  }
  return inner;
}

/// Write a valid packet to `bytes` [MAX_BYTES]; return its size
static size_t
valid_packet(Flood* const flood, const bool robust, uint8_t* const bytes)
{
  size_t size = 0U;
  if (below(flood, 2U)) {
    const lo_bundle bundle = some_bundle(flood, robust);
    if (lo_bundle_length(bundle) <= MAX_BYTES) {
      (void)lo_bundle_serialise(bundle, bytes, &size);
    }
    lo_bundle_free_recursive(bundle);
  } else {
    const char*      address = NULL;
    const lo_message message = harmless(flood, robust, &address);
    (void)lo_message_serialise(message, address, bytes, &size);
    lo_message_free(message);
  }
  return size;
}

/// Damage a packet: other bits, other sizes, cut off, doubled
static size_t
damage(Flood* const flood, uint8_t* const bytes, size_t size)
{
  for (uint32_t n = 1U + below(flood, 4U); n > 0U && size >= 4U; --n) {
    const size_t at = below(flood, (uint32_t)size);
    switch (below(flood, 5U)) {
    case 0U:
      bytes[at] ^= (uint8_t)(1U << below(flood, 8U));
      break;
    case 1U:
      bytes[at] = (uint8_t)below(flood, 256U);
      break;
    case 2U: // Where sizes may stand
      memset(bytes + at / 4U * 4U, below(flood, 2U) ? 0xFF : 0x7F, 4U);
      break;
    case 3U:
      size = at;
      break;
    default:
      if (size + 16U <= MAX_BYTES && at >= 16U) {
        memmove(bytes + at, bytes + at - 16U, size - at);
        size += 16U;
      }
      break;
    }
  }
  return size;
}

static void
throw_noise(Flood* const flood)
{
  uint8_t        bytes[MAX_BYTES];
  const uint32_t kind = below(flood, 8U);
  size_t         n    = 0U;
  if (kind == 0U) {
    n = below(flood, MAX_BYTES);
    for (size_t i = 0U; i < n; ++i) {
      bytes[i] = (uint8_t)below(flood, 256U);
    }
    if (n > 8U && below(flood, 2U)) {
      memcpy(bytes, below(flood, 2U) ? "#bundle" : "/remane", 8U);
    }
  } else {
    n = damage(flood, bytes, valid_packet(flood, true, bytes));
  }
  (void)!send(flood->fd, bytes, n, 0);
}

static void
throw_valid(Flood* const flood)
{
  uint8_t      bytes[MAX_BYTES];
  const size_t n = valid_packet(flood, false, bytes);
  (void)!send(flood->fd, bytes, n, 0);
}

/// Wait until the server has answered to all that it was sent: so none of it
/// has been dropped.  It is asked for an instance of a name that nobody has and
/// that was not asked for before; again if the answer was lost.
static void
wait_for_server(Flood* const flood)
{
  struct pollfd fd = {flood->fd, POLLIN, 0};
  char          question[24];
  char          bytes[65536];
  const size_t  n = sizeof(question) - 8U;
  memset(question, 0, sizeof(question));
  snprintf(question, n, "/remanence/%03u/", ++flood->n_questions % 1000U);
  question[n] = ',';
  for (int tries = 0;; ++tries) {
    CHECK(tries < 100);
    (void)!send(flood->fd, question, n + 4U, 0);
    while (poll(&fd, 1U, 500) > 0) {
      const ssize_t got = recv(flood->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
      flood->n_answers += got > 0;
      if (got > 16 && !memcmp(bytes, question, strlen(question))) {
        return;
      }
    }
  }
}

/// Return how many packets the kernel had no room for
static uint32_t
n_dropped(const Flood* const flood)
{
  UdpSocket      sockets[16];
  uint32_t       n_drops = 0U;
  const uint32_t n       = sockets_list(sockets, 16U);
  for (uint32_t i = 0U; i < n; ++i) {
    const bool is_server = (int32_t)sockets[i].port == flood->port;
    n_drops += is_server ? sockets[i].n_dropped : 0U;
  }
  return n_drops;
}

/// Throw `n` packets, each by `throw_one`
static void
pour(Flood* const flood, const uint32_t n, void (*const throw_one)(Flood*))
{
  for (uint32_t i = 0U; i < n; ++i) {
    throw_one(flood);
    atomic_fetch_add(&flood->n_sent, 1U);
    if (i % N_BURST == N_BURST - 1U) {
      wait_for_server(flood);
    }
  }
  wait_for_server(flood);
}

static void*
pour_all(void* const data)
{
  Flood* const   flood = data;
  const uint32_t n     = long_tests() ? N_LONG : N_PACKETS;
  pour(flood, n, throw_noise);
  pour(flood, n / N_VALID, throw_valid);
  atomic_store(&flood->done, true);
  return NULL;
}

static Flood*
open_flood(void)
{
  Flood* const flood = calloc(1, sizeof(Flood));
  CHECK(flood);
  flood->seed  = 4711U;
  flood->stage = stage_open(BUILD_DIR "/lv2");
  CHECK(!setenv("REMANENCE_MODEL_PATH", flood->stage->dir.path, 1));
  flood->host = stage_host(flood->stage, flood->stage->plain);
  flood->port = client_port_of(flood->host);
  flood->fd   = socket_connect(flood->port);
  fixture_tones(flood->in, SECOND, 0.7f);
  for (uint32_t i = 0U; i < 2U; ++i) { // Heard from the second second on
    host_play(flood->host, flood->in, flood->calm, SECOND, BLOCK);
  }
  return flood;
}

/// Fill every slot, every place that waits and what libraries keep
static void
fill(Flood* const flood)
{
  Client* const client = client_new(flood->port, NULL, 0U);
  for (int32_t i = 0; i < 64; ++i) {
    const lo_message message = numbers("i", (double)i, 0.0);
    lo_message_add_string(message, "plain.safetensors");
    client_send(client, "/remanence/audio-1/preload", message);
    client_wait(client, "/remanence/audio-1/preload/ok");
  }
  client_free(client);
  pour(flood, 4000U, throw_noise);
  pour(flood, 4000U, throw_valid);
}

/// Play until the flood ends; return how many seconds, each heard as it should
static uint32_t
play_through(Flood* const flood)
{
  static float out[SECOND];
  uint32_t     n = 0U;
  do {
    for (uint32_t at = 0U; at < SECOND; at += BLOCK) {
      host_play(flood->host, flood->in + at, out + at, BLOCK, BLOCK);
      CHECK(fixture_equal(out + at, flood->calm + at, BLOCK));
    }
    fixture_pause();
    ++n;
  } while (!atomic_load(&flood->done));
  return n;
}

static void
test_flood(Flood* const flood)
{
  pthread_t thread;
  fill(flood);
  wait_for_server(flood);
  const size_t in_use   = process_bytes_in_use();
  const size_t resident = process_bytes_resident();
  atomic_store(&flood->n_sent, 0U);
  CHECK(!pthread_create(&thread, NULL, pour_all, flood));
  const uint32_t n_seconds = play_through(flood);
  CHECK(!pthread_join(thread, NULL));
  printf("%u packets, %u dropped, %u answers, %u seconds of sound; in use %zu, "
         "then %zu; "
         "resident %zu, then %zu\n",
         atomic_load(&flood->n_sent),
         n_dropped(flood),
         flood->n_answers,
         n_seconds,
         in_use,
         process_bytes_in_use(),
         resident,
         process_bytes_resident());
  CHECK(n_dropped(flood) < atomic_load(&flood->n_sent) / 100U);
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
  CHECK(process_bytes_in_use() < in_use + (1U << 18U)); // 256 that wait
  CHECK(process_bytes_resident() < resident + (1U << 22U));
#endif
}

/// A usual command is answered as ever
static void
test_alive(Flood* const flood)
{
  Client* const client = client_new(flood->port, &flood->host, 1U);
  client_send_nothing(client, "/remanence/audio-1/get");
  client_wait(client, "/remanence/audio-1/get/ok");
  CHECK(
    !strcmp(client_find(client, "/remanence/audio-1/status/state")->texts[0],
            "playing"));
  client_send_text(client, "/remanence/audio-1/load", "knobby.safetensors");
  client_wait(client, "/remanence/audio-1/load/ok");
  client_free(client);
}

int
main(void)
{
  Flood* const flood = open_flood();
  test_flood(flood);
  test_alive(flood);
  CHECK(!close(flood->fd));
  host_close(flood->host);
  stage_close(flood->stage);
  free(flood);
  return 0;
}
