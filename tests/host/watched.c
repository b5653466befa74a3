// SPDX-License-Identifier: ISC

#define _XOPEN_SOURCE 700 // setenv()

#include "tests/host/watched.h"

#include "tests/check.h"
#include "tests/host/audit.h"

#include <stdio.h>
#include <stdlib.h>

const HostWork watched_works[WATCHED_WORKS] = {HOST_WORK_THREAD,
                                               HOST_WORK_NOW,
                                               HOST_WORK_MUTE,
                                               HOST_WORK_REFUSE,
                                               HOST_WORK_DROP,
                                               HOST_WORK_NONE};

uint32_t
watched_below(uint32_t* const seed, const uint32_t n)
{
  return (uint32_t)((0.5 + 0.5 * (double)noise(seed)) * (double)n);
}

void
watched_check(void)
{
  const uint32_t n = audit_take();
  if (n) {
    fprintf(stderr, "%u calls in run(), the last is %s\n", n, audit_last());
  }
  CHECK(n == 0U);
}

Watched*
watched_open(const char* const bundles)
{
  if (!audit_can_watch()) {
    puts("a sanitizer watches these functions itself");
    return NULL;
  }
  Watched* const watched = calloc(1, sizeof(Watched));
  CHECK(watched);
  watched->dir   = fixture_begin();
  watched->world = host_world_new(bundles);
  CHECK(!setenv("REMANENCE_MODEL_PATH", watched->dir.path, 1));
  for (uint32_t i = 0U; i < WATCHED_MODELS; ++i) {
    char name[32];
    snprintf(name, sizeof(name), "m%u.safetensors", i);
    fixture_path(&watched->dir, name, watched->paths[i]);
  }
  fixture_write_text(
    fixture_path(&watched->dir, "bad.nam", watched->paths[WATCHED_MODELS]),
    "{]");
  (void)audit_begin();
  return watched;
}

void
watched_close(Watched* const watched)
{
  host_world_free(watched->world);
  fixture_end(&watched->dir);
  free(watched);
}

/// Play all blocks
static void
play(const WatchedSpec* const spec,
     Host* const              host,
     Client* const            client,
     const uint32_t           n_blocks)
{
  uint32_t seed    = 99U;
  host->audio_hook = audit_section;
  for (uint32_t i = 0U; i < n_blocks; ++i) {
    host->n_midi = 0U;
    spec->play(spec->handle, host, client, &seed);
    watched_check();
    if (i % 4U == 0U) {
      fixture_pause();
    }
    while (lo_server_recv_noblock(client->lo, 0) > 0) {
    }
  }
  host->audio_hook = NULL;
}

void
watched_run(const Watched* const     watched,
            const HostSpec* const    host_spec,
            const WatchedSpec* const spec,
            const uint32_t           n_blocks)
{
  Host* const host = host_open(watched->world, host_spec);
  CHECK(host);
  host_activate(host);
  const ChatterSpec chat    = {client_port_of(host),
                               spec->names,
                               spec->n_names,
                               spec->paths,
                               spec->n_paths,
                               300U,
                               8U};
  Client* const     client  = client_new(client_port_of(host), NULL, 0U);
  Chatter* const    chatter = chatter_start(&chat);
  play(spec, host, client, n_blocks);
  printf("%u loads asked, %u told, %u OSC commands, %.0f not finite\n",
         atomic_load(&host->worker.n_asked),
         host->heard.n_model,
         chatter_stop(chatter),
         (double)host_get(host, "non_finite"));
  CHECK(host->heard.n_model > spec->least);
  host_close(host);
  client_free(client);
}
