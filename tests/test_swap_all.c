// SPDX-License-Identifier: ISC

/// Swaps from everyone who can ask for one, at once and under audio: the host,
/// MIDI, and OSC by path, by slot and by order.  No click, the last one wins,
/// nothing is left behind.  test_swap_cost.c has what a fade costs.

#include "tests/check.h"
#include "tests/host/client.h"
#include "tests/host/process.h"
#include "tests/host/swap.h"

#include <lv2/midi/midi.h>

#include <string.h>

enum {
#if defined(__SANITIZE_THREAD__)
  N_SWAPS = 60, ///< Thirty times as slow
  N_CALM  = 10,
  N_ENDS  = 4,
#elif defined(__SANITIZE_ADDRESS__)
  N_SWAPS = 200, ///< Five times as slow
  N_CALM  = 20,
  N_ENDS  = 8,
#else
  N_SWAPS = 2000,
  N_CALM  = 60, ///< Swaps of which each waits for the one before
  N_ENDS  = 12, ///< In the middle of things
#endif
  N_LONG  = 100000,
  N_SLOTS = 20,   ///< Ready models
  SLACK   = 32768 ///< What malloc() keeps at hand; an instance has 1.7 MB
};

/// Who may ask for a model
enum { BY_HOST, BY_MIDI, BY_LOAD, BY_SLOT, BY_NEXT, N_WAYS };

static const char* const ways[N_WAYS] = {"host",
                                         "MIDI",
                                         "load",
                                         "slot",
                                         "next"};

/// A plugin under audio, and everyone who asks it for models
typedef struct {
  Swap*    swap;
  Player   player;
  Client*  client;
  uint32_t n_marks;   ///< Messages sent that are answered at once, in order
  uint32_t n_reached; ///< Answers to them
  uint32_t n_asked[N_WAYS];
  uint32_t n_sounded[N_WAYS];  ///< OSC tells
  uint32_t n_replaced[N_WAYS]; ///< Likewise
  uint32_t n_failed;           ///< Any other error
  uint32_t n_told;             ///< `loaded`
  double   n_late;
} All;

/// Look at an answer
static void
note(All* const all, const ClientReply* const reply)
{
  const char* const address = reply->address;
  if (!strcmp(address, "/remanence/list/ok")) {
    ++all->n_reached;
  } else if (!strcmp(address, "/remanence/audio-1/loaded")) {
    ++all->n_told;
  } else if (!strcmp(address, "/remanence/audio-1/status/late_swaps")) {
    all->n_late = reply->numbers[0];
  }
  for (uint32_t w = BY_LOAD; w < N_WAYS; ++w) {
    char verb[64];
    snprintf(verb, sizeof(verb), "/remanence/audio-1/%s/", ways[w]);
    if (strncmp(address, verb, strlen(verb)) != 0) {
      continue;
    }
    if (strstr(address, "/ok")) {
      ++all->n_sounded[w];
    } else {
      const bool replaced = (int)reply->numbers[0] == 6;
      all->n_replaced[w] += replaced;
      all->n_failed += !replaced;
      if (!replaced) {
        fprintf(stderr, "%s: %s\n", address, reply->texts[1]);
      }
    }
  }
}

/// Take what has come
static void
hear(All* const all)
{
  Client* const c = all->client;
  do {
    c->n_replies = 0U;
    while (c->n_replies < CLIENT_MAX_REPLIES &&
           lo_server_recv_noblock(c->lo, 0) > 0) {
    }
    for (uint32_t i = 0U; i < c->n_replies; ++i) {
      note(all, &c->replies[i]);
    }
  } while (c->n_replies);
}

static void
tell(All* const all, const char* const address, const lo_message message)
{
  Client* const c = all->client;
  CHECK(lo_send_message_from(c->to, c->lo, address, message) > 0);
  lo_message_free(message);
}

/// Send what is answered when the server has obeyed everything before it
static void
mark(All* const all)
{
  tell(all, "/remanence/list", lo_message_new());
  ++all->n_marks;
}

static bool
is_idle(All* const all)
{
  hear(all);
  return all->n_marks == all->n_reached &&
         host_worker_is_idle(&all->player.host->worker);
}

/// Play a block; but if somebody loads and we are far ahead, wait.  Return
/// whether it was played.
static bool
go_on(All* const all)
{
  Player* const  player = &all->player;
  const uint32_t n      = 1U + swap_below(&player->seed, SWAP_MAX_BLOCK);
  player->ahead         = is_idle(all) ? 0U : player->ahead;
  if (player->ahead + n > SWAP_MAX_AHEAD) {
    fixture_pause();
    return false;
  }
  player->ahead += n;
  player_block(player, n);
  if (player->ahead > n && swap_below(&player->seed, 2U)) {
    fixture_pause();
  }
  return true;
}

/// Play so many blocks, however long that takes
static void
play_blocks(All* const all, const uint32_t n)
{
  for (uint32_t i = 0U; i < n;) {
    i += go_on(all);
  }
}

static void
wait_until_idle(All* const all)
{
  while (!is_idle(all)) {
    (void)go_on(all);
  }
}

/// Play until nobody has anything to do
static void
settle(All* const all)
{
  play_blocks(all, 3U); // Now everybody has heard what was asked
  mark(all);
  wait_until_idle(all);
  player_settle(&all->player);
  hear(all);
}

/// Ask for model `m`, or by order for the one after what plays
static void
ask(All* const all, const uint32_t way, const uint32_t m)
{
  const uint8_t    program[] = {0xC0U, (uint8_t)m};
  const lo_message message   = lo_message_new();
  uint32_t* const  seed      = &all->player.seed;
  char             address[64];
  snprintf(address, sizeof(address), "/remanence/audio-1/%s", ways[way]);
  if (way == BY_LOAD) {
    lo_message_add_string(message, all->swap->paths[m]);
  } else if (way == BY_SLOT) {
    const uint32_t row = swap_below(seed, N_SLOTS / SWAP_MODELS);
    lo_message_add_int32(message, (int32_t)(SWAP_MODELS * row + m));
  }
  if (way >= BY_LOAD && swap_below(seed, 3U) == 0U) {
    lo_message_add_float(message, 20.0f + (float)swap_below(seed, 30U));
  }

  if (way == BY_HOST) {
    host_send_model(all->player.host, 0U, all->swap->paths[m]);
  } else if (way == BY_MIDI) {
    host_send_raw(
      all->player.host, 0U, LV2_MIDI__MidiEvent, program, sizeof(program));
  }
  if (way >= BY_LOAD) {
    tell(all, address, message);
    mark(all);
  } else {
    lo_message_free(message);
  }
  ++all->n_asked[way];
}

/// Make every model ready, in many slots
static void
preload(All* const all)
{
  for (uint32_t i = 0U; i < N_SLOTS; ++i) {
    const lo_message message = lo_message_new();
    lo_message_add_int32(message, (int32_t)i);
    lo_message_add_string(message, all->swap->paths[i % SWAP_MODELS]);
    tell(all, "/remanence/audio-1/preload", message);
    mark(all);
    wait_until_idle(all);
  }
}

static All*
open_all(Swap* const swap)
{
  All* const all = calloc(1, sizeof(All));
  CHECK(all);
  all->swap   = swap;
  all->player = player_open(swap, HOST_WORK_THREAD);
  all->client = client_new(client_port_of(all->player.host), NULL, 0U);
  host_activate(all->player.host); // As if no silence had been played
  ask(all, BY_HOST, 0U);
  settle(all);
  all->player.largest = 0.0f; // From the input itself to a model
  preload(all);
  return all;
}

static void
close_all(All* const all)
{
  host_close(all->player.host);
  client_free(all->client);
  free(all);
}

static double
late(All* const all)
{
  all->n_late = -1.0;
  tell(all, "/remanence/audio-1/get", lo_message_new());
  settle(all);
  CHECK(all->n_late >= 0.0);
  return all->n_late;
}

/// Swaps of which each begins when the one before has been heard: none is late.
/// The only thing that could make it so is a machine that stands still.
static void
test_calm(All* const all)
{
  for (uint32_t i = 0U; i < N_CALM; ++i) {
    ask(all, i % N_WAYS, i % SWAP_MODELS);
    play_blocks(all, 3U); // A program change goes to the worker in the second
    wait_until_idle(all);
    play_blocks(all, 3U); // It is picked up in the first
    while (host_get(all->player.host, "status") != 1.0f) {
      (void)go_on(all);
    }
  }
  const double n_late = late(all);
  printf("calm: %d swaps, %.0f late, largest step %.4f of %.4f\n",
         N_CALM,
         n_late,
         (double)all->player.largest,
         (double)all->swap->bound);
  CHECK(all->player.largest <= all->swap->bound);
  CHECK(n_late == 0.0);
}

/// Ask everyone for anything, `n` times
static void
storm(All* const all, const uint32_t n)
{
  uint32_t* const seed = &all->player.seed;
  for (uint32_t i = 0U; i < n;) {
    const bool idle = is_idle(all);
    if (go_on(all) && swap_below(seed, idle ? 3U : 20U) == 0U) {
      ask(all, swap_below(seed, N_WAYS), swap_below(seed, SWAP_MODELS));
      ++i;
    }
  }
  settle(all);
}

static void
print_counts(const All* const all)
{
  for (uint32_t w = 0U; w < N_WAYS; ++w) {
    printf("%s: %u asked", ways[w], all->n_asked[w]);
    if (w >= BY_LOAD) {
      printf(
        ", %u sounded, %u replaced", all->n_sounded[w], all->n_replaced[w]);
    }
    puts("");
  }
  printf("told: %u by the plugin to its host, %u by `loaded`\n",
         all->player.host->heard.n_model,
         all->n_told);
}

/// Whoever asks last is heard, to the last bit
static void
test_last(All* const all)
{
  for (uint32_t way = 0U; way < N_WAYS; ++way) {
    for (uint32_t i = 0U; i < 6U; ++i) {
      storm(all, 1U);
      ask(all, (way + i) % N_WAYS, i % SWAP_MODELS);
    }
    settle(all); // Nobody's turn comes after that of the next one
    ask(all, BY_HOST, 1U);
    settle(all);
    ask(all, way, 2U);
    settle(all);
    player_check(&all->player, 2U);
  }
}

static void
test_storm(All* const all)
{
  const uint32_t n = long_tests() ? N_LONG : N_SWAPS;
  storm(all, 40U); // What malloc() keeps at hand it has from here on
  const size_t before = process_bytes_in_use();
  storm(all, n);
  const size_t after = process_bytes_in_use();
  print_counts(all);
  printf("largest step %.4f of %.4f; %.0f late; bytes %zu, %zu\n",
         (double)all->player.largest,
         (double)all->swap->bound,
         late(all),
         before,
         after);
  CHECK(all->player.largest <= all->swap->bound);
  CHECK(all->n_failed == 0U);
  CHECK(all->player.host->heard.n_model > n / 4U);
  CHECK(all->n_sounded[BY_SLOT] + all->n_replaced[BY_SLOT] ==
        all->n_asked[BY_SLOT]);
  CHECK(all->n_sounded[BY_SLOT] > all->n_asked[BY_SLOT] / 4U);
  CHECK(after < before + 2U * SLACK);
}

/// It may all end in the middle of things
static void
test_ends(Swap* const swap)
{
  size_t before = 0U;
  for (uint32_t i = 0U; i < N_ENDS; ++i) {
    All* const all = open_all(swap);
    for (uint32_t k = 0U; k < 3U * i; ++k) {
      ask(all, k % N_WAYS, k % SWAP_MODELS);
      (void)go_on(all);
    }
    close_all(all);
    before = i < 2U ? process_bytes_in_use() : before;
  }
  CHECK(process_bytes_in_use() < before + SLACK);
}

int
main(void)
{
  Swap* const swap = swap_open(BUILD_DIR "/lv2");
  CHECK(!setenv("REMANENCE_MODEL_PATH", swap->dir.path, 1));
  All* const all = open_all(swap);
  test_calm(all);
  test_storm(all);
  test_last(all);
  close_all(all);
  test_ends(swap);
  swap_close(swap);
  return 0;
}
