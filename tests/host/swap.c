// SPDX-License-Identifier: ISC

#include "tests/host/swap.h"

#include "tests/check.h"

#include <string.h>

static const FixtureModel models[SWAP_MODELS] = {{5U, 12U, 1U, 0U, false},
                                                 {7U, 8U, 2U, 0U, false},
                                                 {10U, 9U, 1U, 2U, false},
                                                 {11U, 16U, 1U, 0U, false}};

uint32_t
swap_below(uint32_t* const seed, const uint32_t n)
{
  return (uint32_t)((0.5 + 0.5 * (double)noise(seed)) * (double)n);
}

/// Return the largest share of an error `e` that is heard in a step of a fade
static float
heard_of(const float* const x, const float* const whole)
{
  float worst = 0.0f;
  float last  = 0.0f;
  for (uint32_t t = 0U; t < STAGE_FADE; ++t) {
    const float share = (float)(t + 1U) / (float)STAGE_FADE;
    const float e     = x[t] - whole[t];
    const float step  = t ? fabsf(e - last) : fabsf(e);
    worst             = fmaxf(worst, share * step + fabsf(e) / STAGE_FADE);
    last              = e;
  }
  return worst;
}

/**
   Measure what a voice that lost a stretch of its input adds to a step.

   A voice that waits while another one fades misses what is played meanwhile
   (plugin/slot.h), and one that was kept ready has been played no more than a
   short stretch, of 16 samples at least (plugin/loader_ready.c).  So it may
   begin with an error e_t against itself that its net forgets.  It is heard by
   the share t / n of the fade, which lets through steps of at most
   max_t (t / n) |e_t - e_(t-1)| + max |e| / n.
*/
static float
transient(const Swap* const swap, const uint32_t m, uint32_t* const seed)
{
  enum { LEAD = 4800, N_LEADS = 4 };
  static const uint32_t leads[N_LEADS] = {LEAD, 480U, 64U, 16U};
  float                 x[LEAD + STAGE_FADE];
  float                 worst = 0.0f;
  RemModel* const       model = fixture_model(&models[m]);
  for (int i = 0; i < 40; ++i) {
    const uint32_t lead  = leads[i % N_LEADS];
    const uint32_t from  = swap_below(seed, SWAP_SECOND - LEAD);
    const uint32_t to    = swap_below(seed, SWAP_SECOND - STAGE_FADE);
    const float*   whole = swap->wet[m] + SWAP_SECOND + to;
    memcpy(x, swap->in + from, lead * sizeof(float));
    memcpy(x + lead, swap->in + to, STAGE_FADE * sizeof(float));
    fixture_render(model, 0.5f, x, x, lead + STAGE_FADE);
    worst = fmaxf(worst, heard_of(x + lead, whole));
  }
  rem_model_free(model);
  return worst;
}

/**
   Derive the largest step that a crossfade of two models may make.

   y = (1 - a) A + a B moves by at most max(|dA|, |dB|) + |da| |A - B|, plus
   what a voice with a gap in its memory adds, plus a few roundings.
*/
static float
largest_allowed(const Swap* const swap)
{
  float    step       = 0.0f;
  float    difference = 0.0f;
  float    gap        = 0.0f;
  uint32_t seed       = 3U;
  for (uint32_t a = 0U; a < SWAP_MODELS; ++a) { // In the second that repeats
    const float* const wet = swap->wet[a] + SWAP_SECOND;
    step = fmaxf(step, fixture_largest_step(wet, SWAP_SECOND));
    gap  = fmaxf(gap, transient(swap, a, &seed));
    for (uint32_t b = 0U; b < a; ++b) {
      difference = fmaxf(difference,
                         fixture_largest_difference(
                           wet, swap->wet[b] + SWAP_SECOND, SWAP_SECOND));
    }
  }
  const float bound = step + difference / (float)STAGE_FADE + gap + 1e-6f;
  printf("steps of the models %.4f, of a fade %.4f, of a gap %.4f; a hard "
         "switch %.4f\n",
         (double)step,
         (double)(difference / (float)STAGE_FADE),
         (double)gap,
         (double)difference);
  CHECK(difference > 5.0f * bound); // Else this test would hear no click
  return bound;
}

Swap*
swap_open(const char* const lv2_path)
{
  Swap* const swap = calloc(1, sizeof(Swap));
  CHECK(swap);
  swap->dir   = fixture_begin();
  swap->world = host_world_new(lv2_path);
  fixture_tones(swap->in, SWAP_N, 0.5f);
  for (uint32_t m = 0U; m < SWAP_MODELS; ++m) {
    char name[32];
    snprintf(name, sizeof(name), "model%u.safetensors", m);
    fixture_write(&models[m], fixture_path(&swap->dir, name, swap->paths[m]));
    RemModel* const model = fixture_model(&models[m]);
    fixture_render(model, 0.5f, swap->in, swap->wet[m], SWAP_N);
    rem_model_free(model);
  }
  swap->bound = largest_allowed(swap);
  return swap;
}

void
swap_close(Swap* const swap)
{
  host_world_free(swap->world);
  fixture_end(&swap->dir);
  free(swap);
}

void
player_block(Player* const player, const uint32_t n)
{
  float        out[SWAP_MAX_BLOCK];
  const float* in[] = {player->swap->in + player->now};
  float* const to[] = {out};
  CHECK(n <= SWAP_MAX_BLOCK);
  host_run(player->host, in, to, n);
  player->now = (player->now + n) % SWAP_SECOND;
  for (uint32_t t = 0U; t < n; ++t) {
    const float step = fabsf(out[t] - player->last);
    CHECK(isfinite(out[t]));
    player->largest = fmaxf(player->largest, player->started ? step : 0.0f);
    player->last    = out[t];
    player->started = true;
  }
}

bool
player_go_on(Player* const player)
{
  const uint32_t n = swap_below(&player->seed, SWAP_MAX_BLOCK);
  if (host_worker_is_idle(&player->host->worker)) {
    player->ahead = 0U;
  }
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

void
player_settle(Player* const player)
{
  for (int i = 0; i < 4; ++i) {
    while (!host_worker_is_idle(&player->host->worker)) {
      fixture_pause();
    }
    for (uint32_t t = 0U; t < SWAP_SECOND / 2U; t += 100U) {
      player_block(player, 100U);
      if (t % 4000U == 0U) {
        fixture_pause();
      }
    }
  }
  CHECK(host_get(player->host, "status") == 1.0f);
}

void
player_check(Player* const player, const uint32_t m)
{
  const uint32_t n = SWAP_MAX_BLOCK;
  for (uint32_t i = 0U; i < 20U; ++i) {
    float              out[SWAP_MAX_BLOCK];
    const float* const in[] = {player->swap->in + player->now};
    float* const       to[] = {out};
    host_run(player->host, in, to, n);
    CHECK(
      fixture_equal(player->swap->wet[m] + SWAP_SECOND + player->now, out, n));
    player->now  = (player->now + n) % SWAP_SECOND;
    player->last = out[n - 1U];
  }
}

Player
player_open(Swap* const swap, const HostWork work)
{
  Player player = {.swap = swap, .seed = 17U};
  player.host   = host_open_usual(swap->world, work);
  host_activate(player.host);
  return player;
}

uint32_t
player_swap(Player* const player, const uint32_t n_swaps)
{
  uint32_t m = 0U;
  for (uint32_t i = 0U; i < n_swaps;) {
    const bool idle = host_worker_is_idle(&player->host->worker);
    if (player_go_on(player) &&
        swap_below(&player->seed, idle ? 3U : 20U) == 0U) {
      m = swap_below(&player->seed, SWAP_MODELS);
      host_send_model(player->host, 0U, player->swap->paths[m]);
      ++i;
    }
  }
  return m;
}
