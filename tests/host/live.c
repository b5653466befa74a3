// SPDX-License-Identifier: ISC

#define _GNU_SOURCE // fork(), prctl()

#include "tests/host/live.h"

#include "dsp/logfile/row.h"
#include "tests/check.h"
#include "tests/host/sockets.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <lo/lo.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DIMS = PERFORMANCE_DIMS };

static void
add_row(LiveRows* const rows, const LiveRow row)
{
  if (rows->n == rows->capacity) {
    rows->capacity = 2U * rows->capacity + 1024U;
    rows->rows     = realloc(rows->rows, rows->capacity * sizeof(LiveRow));
    CHECK(rows->rows);
  }
  for (uint32_t d = 0U; d < DIMS; ++d) {
    CHECK(row.x[d] >= 0.0f && row.x[d] <= 1.0f);
  }
  rows->rows[rows->n++] = row;
}

/// Become `remanence play`, which sends to port `own`
static void
become_play(const LiveSession* const session,
            const char* const        program,
            const char* const        model,
            const float              threshold,
            const int                own)
{
  char out[32];
  char seed[16];
  char wait[32];
  snprintf(out, sizeof(out), "127.0.0.1:%d", own);
  snprintf(seed, sizeof(seed), "%d", LIVE_SEED);
  snprintf(wait, sizeof(wait), "%.9g", (double)threshold);
  // clang-format off
  (void)execl(program, program, "play", model,
              "--osc-in", "0", "--osc-out", out, "--mode", "useronly",
              "--threshold", wait, "--seed", seed, "--log", session->folder,
              (char*)NULL);
  // clang-format on
  _exit(127);
}

void
live_open(LiveSession* const session,
          const char* const  program,
          const char* const  model,
          const float        threshold)
{
  char      line[256] = "";
  int       err[2];
  const int own   = socket_free_port();
  session->socket = socket_bind(own);
  CHECK(session->socket >= 0 && !pipe(err));
  session->pid = fork();
  CHECK(session->pid >= 0);
  if (!session->pid) {
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); // A failed test leaves nobody
    (void)dup2(err[1], 2);
    become_play(session, program, model, threshold, own);
  }
  (void)close(err[1]);
  session->says = fdopen(err[0], "r");
  CHECK(session->says && fgets(line, sizeof(line), session->says));
  // NOLINTNEXTLINE(cert-err34-c): our own number
  CHECK(sscanf(line, "Listening on 127.0.0.1:%d,", &session->port) == 1);
}

void
live_close(LiveSession* const session)
{
  int status = 0;
  CHECK(!kill(session->pid, SIGINT));
  CHECK(waitpid(session->pid, &status, 0) == session->pid && !status);
  CHECK(!fclose(session->says) && !close(session->socket));
}

static void
send_to(const LiveSession* const session,
        const char* const        path,
        lo_message               message)
{
  char                     bytes[256];
  size_t                   n  = sizeof(bytes);
  const struct sockaddr_in to = {.sin_family = AF_INET,
                                 .sin_port   = htons((uint16_t)session->port),
                                 .sin_addr   = {htonl(INADDR_LOOPBACK)}};
  CHECK(lo_message_serialise(message, path, bytes, &n));
  CHECK(
    sendto(
      session->socket, bytes, n, 0, (const struct sockaddr*)&to, sizeof(to)) ==
    (ssize_t)n);
  lo_message_free(message);
}

void
live_send_mode(const LiveSession* const session, const RemDuetMode mode)
{
  const lo_message message = lo_message_new();
  CHECK(!lo_message_add_string(message, rem_duet_mode_name(mode)));
  send_to(session, "/impsy/mode", message);
}

void
live_send_frame(const LiveSession* const session,
                const float              x[PERFORMANCE_DIMS])
{
  const lo_message message = lo_message_new();
  for (uint32_t d = 0U; d < DIMS; ++d) {
    CHECK(!lo_message_add_float(message, x[d]));
  }
  send_to(session, "/interface", message);
}

/// Take in what has come
static void
receive(LiveSession* const session)
{
  char    bytes[512];
  ssize_t n = 0;
  while ((n = recv(session->socket, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0) {
    LiveRow          row     = {.us = rem_log_now(), .net = true};
    const char*      path    = lo_get_path(bytes, n);
    const lo_message message = lo_message_deserialise(bytes, (size_t)n, NULL);
    CHECK(path && message);
    if (!strcmp(path, "/impsy")) {
      CHECK(!strcmp(lo_message_get_types(message), "ffffffff"));
      for (uint32_t d = 0U; d < DIMS; ++d) {
        row.x[d] =
          (float)lo_hires_val(LO_FLOAT, lo_message_get_argv(message)[d]);
      }
      add_row(&session->arrived, row);
    } else {
      CHECK(!strcmp(path, "/impsy/mode/ok"));
      ++session->n_answered;
    }
    lo_message_free(message);
  }
}

void
live_listen(LiveSession* const sessions, const uint32_t n, const int64_t us)
{
  struct pollfd fds[REM_DUET_N_MODES];
  CHECK(n <= REM_DUET_N_MODES);
  for (int64_t left = us - rem_log_now(); left > 0; left = us - rem_log_now()) {
    for (uint32_t i = 0U; i < n; ++i) {
      fds[i] = (struct pollfd){sessions[i].socket, POLLIN, 0};
    }
    // Sleeps end late, so the last part is spent awake
    (void)poll(fds, n, left > 2000 ? (int)(left / 1000) - 1 : 0);
    for (uint32_t i = 0U; i < n; ++i) {
      receive(&sessions[i]);
    }
  }
}

LiveRows
live_read_log(const char* const folder)
{
  char       path[1024] = "";
  char       text[1024];
  LiveRows   rows = {NULL, 0U, 0U};
  DIR* const dir  = opendir(folder);
  CHECK(dir);
  for (struct dirent* e = readdir(dir); e; e = readdir(dir)) {
    if (e->d_name[0] != '.') {
      snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
    }
  }
  CHECK(!closedir(dir));
  FILE* const file = fopen(path, "r");
  CHECK(file);
  while (fgets(text, sizeof(text), file)) {
    const RemSpan line  = {text, text + strcspn(text, "\n")};
    RemError      error = {REM_SUCCESS, "", ""};
    RemLogRow     row;
    CHECK(!rem_log_row_read(line, path, &row, &error) && row.n == DIMS);
    LiveRow to = {.us = row.us, .net = row.source == REM_LOG_RNN};
    for (uint32_t d = 0U; d < DIMS; ++d) {
      to.x[d] = (float)row.x[d];
    }
    add_row(&rows, to);
  }
  CHECK(!fclose(file));
  return rows;
}
