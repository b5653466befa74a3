// SPDX-License-Identifier: ISC

/// The kernel's word for it: while models are swapped by everyone who can ask,
/// the audio thread makes no system call within run().  The program runs itself
/// under strace and reads what that saw.

#define _GNU_SOURCE // fork(), syscall()

#include "tests/check.h"
#include "tests/host/chatter.h"
#include "tests/host/client.h"
#include "tests/host/stage.h"

#include <lv2/midi/midi.h>

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N_BLOCKS = 3000, N_BAD = 3, BLOCK = 64, MAX_LINE = 4096 };

// Marks in the trace: no such file, so nothing is written
#define BEGIN "audio begin"
#define END "audio end"

/// Host.audio_hook.  Not by write(): tests/host/audit.c has one of its own,
/// which takes a lock.
static void
mark(const bool inside)
{
  const char* const text = inside ? BEGIN : END;
  (void)syscall(SYS_write, -1, text, strlen(text));
}

static void
ask_host(Host* const host, Stage* const stage, const uint32_t i)
{
  const uint8_t program[] = {0xC0U, (uint8_t)(i / 16U % 2U)};
  const uint8_t knob[]    = {0xB0U, 1U, (uint8_t)(i % 128U)};
  if (i % 64U == 0U) {
    host_send_model(host, 0U, i % 128U ? stage->plain : stage->knobby);
  } else if (i % 16U == 0U) {
    host_send_raw(host, 3U, LV2_MIDI__MidiEvent, program, sizeof(program));
  } else if (i % 8U == 0U) {
    host_send_raw(host, 5U, LV2_MIDI__MidiEvent, knob, sizeof(knob));
  }
}

/// What is traced
static void
play_under_all(Stage* const stage)
{
  static const char* const names[] = {"audio-1"};
  const char* const        paths[] = {
           "plain.safetensors", "knobby.safetensors", "nowhere"};
  float       out[BLOCK];
  Host* const host = host_open_usual(stage->world, HOST_WORK_THREAD);
  host_activate(host);
  const ChatterSpec spec = {
    client_port_of(host), names, 1U, paths, 3U, 500U, 77U};
  Chatter* const chatter = chatter_start(&spec);
  host->audio_hook       = mark;
  for (uint32_t i = 0U; i < N_BLOCKS; ++i) {
    ask_host(host, stage, i);
    host_play(host, stage->in + i % 100U * BLOCK, out, BLOCK, BLOCK);
    if (i % 8U == 0U) {
      fixture_pause();
    }
  }
  host->audio_hook = NULL;
  printf("%u answers by OSC", chatter_n_answers(chatter));
  printf(" to %u commands, %u models told\n",
         chatter_stop(chatter),
         host->heard.n_model);
  CHECK(host->heard.n_model > 10U);
  host_close(host);
}

static int
traced(void)
{
  Stage* const stage = stage_open(BUILD_DIR "/lv2");
  CHECK(!setenv("REMANENCE_MODEL_PATH", stage->dir.path, 1));
  play_under_all(stage);
  stage_close(stage);
  for (uint32_t i = 0U; i < N_BAD; ++i) { // These are to be found
    mark(true);
    (void)getppid();
    mark(false);
  }
  return 0;
}

/// What is known of a trace
typedef struct {
  long     thread; ///< That makes marks; 0 until it has made one
  bool     inside; ///< Between two marks
  uint32_t n_sections;
  uint32_t n_calls;   ///< Within sections
  uint32_t n_getppid; ///< Of these
  uint32_t n_others;  ///< Calls of other threads while this one was inside
} Trace;

/// Treat a line of a trace: a thread, and a call or the rest of one
static void
read_line(Trace* const trace, const char* const line)
{
  char*      text   = NULL;
  const long thread = strtol(line, &text, 10);
  text += strspn(text, " ");
  const bool is_call = strncmp(text, "<...", 4U) && strncmp(text, "---", 3U) &&
                       strncmp(text, "+++", 3U);
  const bool is_mark = !strncmp(text, "write(-1, \"audio ", 17U);
  if (!is_call) {
    return;
  }
  if (is_mark && !trace->thread) {
    trace->thread = thread;
  }
  if (thread != trace->thread) {
    trace->n_others += trace->inside;
  } else if (is_mark) {
    const bool begins = strstr(text, BEGIN) != NULL;
    CHECK(begins != trace->inside); // They take turns
    trace->inside = begins;
    trace->n_sections += begins;
  } else if (trace->inside) {
    ++trace->n_calls;
    trace->n_getppid += !strncmp(text, "getppid(", 8U);
    if (strncmp(text, "getppid(", 8U) != 0) {
      fprintf(stderr, "within run(): %s", text);
    }
  }
}

static void
test_trace(const char* const path)
{
  char        line[MAX_LINE];
  Trace       trace = {0L, false, 0U, 0U, 0U, 0U};
  FILE* const file  = fopen(path, "r");
  CHECK(file);
  while (fgets(line, sizeof(line), file)) {
    read_line(&trace, line);
  }
  CHECK(!fclose(file));
  printf(
    "%u stretches of audio, %u system calls within, %u of them on purpose; "
    "%u of other threads meanwhile\n",
    trace.n_sections,
    trace.n_calls,
    trace.n_getppid,
    trace.n_others);
  CHECK(trace.n_sections >= N_BLOCKS + N_BAD);
  CHECK(trace.n_getppid == N_BAD);
  CHECK(trace.n_calls == N_BAD);
}

/// Run a program with its output in `path`, or nowhere; return how it ended
static int
run(const char* const* const words)
{
  int         status = 0;
  const pid_t pid    = fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    (void)execvp(words[0], (char* const*)(uintptr_t)words);
    _exit(127);
  }
  while (waitpid(pid, &status, 0) < 0) {
    CHECK(errno == EINTR);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int
main(const int argc, char** const argv)
{
  if (argc > 1) {
    return traced();
  }
  const FixtureDir  dir = fixture_begin();
  char              path[FIXTURE_PATH];
  const char* const out     = fixture_path(&dir, "trace", path);
  const char* const probe[] = {"strace", "-f", "-o", out, "true", NULL};
  const char* const trace[] = {
    "strace", "-f", "-o", out, argv[0], "traced", NULL};
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  puts("a sanitizer makes system calls of its own");
  return 77;
#endif
  if (run(probe) != 0) {
    fixture_end(&dir);
    puts("strace is not installed, or may not trace");
    return 77;
  }
  CHECK(run(trace) == 0);
  test_trace(path);
  fixture_end(&dir);
  return 0;
}
