// SPDX-License-Identifier: ISC

/// Many instances in one process, and one that comes and goes a thousand times:
/// what each costs, and that nothing stays behind

#include "tests/check.h"
#include "tests/host/client.h"
#include "tests/host/process.h"
#include "tests/host/sockets.h"
#include "tests/host/stage.h"

#include <dlfcn.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  N_ROUNDS = 100,
#else
  N_ROUNDS = 1000,
#endif
  N_MANY = 50,
  BLOCK  = 256,
  N_PLAY = 40 ///< Blocks
};

#define BUNDLE BUILD_DIR "/lv2/remanence.lv2/"

/// Many instances and someone who asks for them
typedef struct {
  Stage*   stage;
  Client*  client;
  Host*    hosts[N_MANY];
  uint32_t n_hosts;
  char     path[FIXTURE_PATH];
  char     names[N_MANY + 1][CLIENT_TEXT]; ///< Listed last
  uint32_t n_names;
} Many;

static void
open_many(Many* const many)
{
  const HostSpec spec = {
    HOST_AUDIO, 48000.0, HOST_FEATURE_ALL, HOST_WORK_LATER};
  const size_t in_use   = process_bytes_in_use();
  const size_t resident = process_bytes_resident();
  for (; many->n_hosts < N_MANY; ++many->n_hosts) {
    many->hosts[many->n_hosts] =
      stage_host_from_environment(many->stage, many->path, &spec);
    host_activate(many->hosts[many->n_hosts]);
  }
  printf("an instance: %zu bytes of malloc(), %zu resident, of which the "
         "test's host %zu\n",
         (process_bytes_in_use() - in_use) / N_MANY,
         (process_bytes_resident() - resident) / N_MANY,
         sizeof(Host));
}

static void
play(Many* const many)
{
  float           out[BLOCK];
  struct timespec start;
  struct timespec end;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
  for (uint32_t i = 0U; i < N_PLAY; ++i) {
    for (uint32_t k = 0U; k < many->n_hosts; ++k) {
      host_play(many->hosts[k], many->stage->in + i * BLOCK, out, BLOCK, BLOCK);
    }
  }
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
  const double ns = 1e9 * (double)(end.tv_sec - start.tv_sec) +
                    (double)(end.tv_nsec - start.tv_nsec);
  const double each = ns / ((double)N_PLAY * BLOCK * many->n_hosts);
  printf("%u instances: %.0f ns per sample each, %.1f %% of a processor "
         "together\n",
         many->n_hosts,
         each,
         100.0 * each * 48000e-9 * many->n_hosts);
}

/// Ask for the list of instances and keep their names
static void
list(Many* const many)
{
  client_send_nothing(many->client, "/remanence/list");
  const uint32_t n =
    (uint32_t)client_wait(many->client, "/remanence/list/ok")->numbers[0];
  CHECK(n <= N_MANY + 1U);
  many->n_names = n;
  for (uint32_t i = 0U; i < n; ++i) {
    const ClientReply* const reply = &many->client->replies[i];
    CHECK(!strcmp(reply->address, "/remanence/instance"));
    snprintf(many->names[i], CLIENT_TEXT, "%s", reply->texts[0]);
    for (uint32_t k = 0U; k < i; ++k) {
      CHECK(strcmp(many->names[i], many->names[k]) != 0);
    }
  }
}

static bool
is_listed(const Many* const many, const char* const name)
{
  bool found = false;
  for (uint32_t i = 0U; i < many->n_names; ++i) {
    found = found || !strcmp(many->names[i], name);
  }
  return found;
}

/// Close all but the last in random order; each name is gone then, and the next
/// instance has the lowest that is free
static void
close_many(Many* const many)
{
  uint32_t seed = 12U;
  while (many->n_hosts > 1U) {
    char           name[64];
    const double   share = 0.5 + 0.5 * (double)noise(&seed);
    const uint32_t i     = (uint32_t)(share * (double)many->n_hosts);
    Host* const    host  = many->hosts[i];
    float          out[BLOCK];
    host_send_get(host, 0U, HOST_NAME);
    host_play(host, many->stage->in, out, BLOCK, BLOCK);
    snprintf(name, sizeof(name), "%.60s", host->heard.name);
    list(many);
    CHECK(many->n_names == many->n_hosts && is_listed(many, name));
    host_close(host);
    many->hosts[i] = many->hosts[--many->n_hosts];
    list(many);
    CHECK(many->n_names == many->n_hosts && !is_listed(many, name));
  }
  const bool  first = is_listed(many, "audio-1");
  Host* const host  = host_open_usual(many->stage->world, HOST_WORK_LATER);
  list(many);
  CHECK(many->n_names == 2U);
  CHECK(!strcmp(many->names[1], first ? "audio-2" : "audio-1"));
  host_close(host);
  host_close(many->hosts[0]);
}

static void
test_many(Stage* const stage)
{
  const FixtureModel forty = {31U, 40U, 1U, 0U, false};
  Many* const        many  = calloc(1, sizeof(Many));
  CHECK(many);
  many->stage = stage;
  fixture_write(&forty,
                fixture_path(&stage->dir, "forty.safetensors", many->path));
  // What libraries and sanitizers keep for ever
  host_close(host_open_usual(stage->world, HOST_WORK_LATER));
  const uint32_t n_threads = process_n_threads();
  const uint32_t n_files   = process_n_files();
  open_many(many);
  many->client = client_new(client_port_of(many->hosts[0]), NULL, 0U);
  CHECK(process_n_threads() == n_threads + 1U); // One server for all
  list(many);
  CHECK(many->n_names == N_MANY);
  play(many);
  close_many(many);
  client_free(many->client);
  CHECK(process_n_threads() == n_threads);
  CHECK(process_n_files() == n_files);
  free(many);
}

/// Play a block on an instance of which only audio is connected
static void
run_bare(const LV2_Descriptor* const plugin, const LV2_Handle instance)
{
  float in[BLOCK]  = {0.25f, -0.5f};
  float out[BLOCK] = {0.0f};
  plugin->connect_port(instance, 2U, in); // As the Turtle says
  plugin->connect_port(instance, 3U, out);
  plugin->activate(instance);
  plugin->run(instance, BLOCK);
  CHECK(out[0] == 0.25f && out[1] == -0.5f);
  if (plugin->deactivate) {
    plugin->deactivate(instance);
  }
}

/// Open the binary, make an instance, play and let all of it go; return the
/// port that it had
static unsigned
come_and_go(void)
{
  const LV2_Feature* const none[]                 = {NULL};
  const LV2_Descriptor* (*list_plugins)(uint32_t) = NULL;
  UdpSocket   socket                              = {0U, 0U, 0U};
  void* const library = dlopen(BUNDLE "remanence.so", RTLD_NOW | RTLD_LOCAL);
  CHECK(library);
  void* const symbol = dlsym(library, "lv2_descriptor");
  memcpy(&list_plugins, &symbol, sizeof(symbol));
  CHECK(symbol);
  const LV2_Descriptor* const plugin = list_plugins(0U);
  CHECK(plugin && !strcmp(plugin->URI, HOST_AUDIO));
  const LV2_Handle instance =
    plugin->instantiate(plugin, 48000.0, BUNDLE, none);
  CHECK(instance);
  CHECK(sockets_list(&socket, 1U) == 1U);
  run_bare(plugin, instance);
  plugin->cleanup(instance);
  CHECK(!dlclose(library));
  return socket.port;
}

static void
test_come_and_go(void)
{
  for (uint32_t i = 0U; i < 20U; ++i) { // What libraries keep for ever
    (void)come_and_go();
  }
  const size_t   in_use    = process_bytes_in_use();
  const size_t   resident  = process_bytes_resident();
  const uint32_t n_threads = process_n_threads();
  const uint32_t n_files   = process_n_files();
  unsigned       port      = 0U;
  for (uint32_t i = 0U; i < N_ROUNDS; ++i) {
    port = come_and_go();
    CHECK(process_n_threads() == n_threads);
    CHECK(process_n_files() == n_files);
  }
  printf("%d rounds: in use %zu, then %zu; resident %zu, then %zu\n",
         N_ROUNDS,
         in_use,
         process_bytes_in_use(),
         resident,
         process_bytes_resident());
  const int fd = socket_bind((int)port);
  CHECK(fd >= 0);
  CHECK(!close(fd));
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
  CHECK(process_bytes_in_use() < in_use + 4096U);
  CHECK(process_bytes_resident() < resident + (1U << 20U));
#endif
}

int
main(void)
{
  Stage* const stage = stage_open(BUILD_DIR "/lv2");
  test_many(stage);
  test_come_and_go();
  stage_close(stage);
  return 0;
}
