// SPDX-License-Identifier: ISC

/// `remanence play`: a duet goes on in time

#include "offline_trainer/cmd_play.h"

#include "dsp/denormal.h"
#include "dsp/impsy.h"
#include "dsp/logfile/row.h"
#include "offline_trainer/command.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define MAX_BURST 64       ///< Packets between looks at what is due
#define LONGEST_WAIT 3600. ///< Seconds

uint64_t
cmd_play_now(const LivePlay* const play)
{
  const double seconds = progress_clock() - play->begin;
  return (uint64_t)fmax(0.0, floor(seconds * LIVE_RATE));
}

/// Send a frame to where events go
static void
send_frame(LivePlay* const play, const RemDuetEvent* const event)
{
  const lo_message message = lo_message_new();
  for (uint32_t d = 0U; message && d < event->n; ++d) {
    (void)lo_message_add_float(message, event->x[d]);
  }
  if (message &&
      lo_send_message_from(play->to, play->server, REM_IMPSY_OUT, message) <
        0 &&
      !play->warned) {
    play->warned = true;
    command_warn(play->program,
                 "cannot send to %s:%s: %s",
                 play->host,
                 play->to_port,
                 lo_address_errstr(play->to));
  }
  lo_message_free(message);
}

/// Warn of a log that ends here
static void
warn_of_log(const LivePlay* const play, const RemError* const error)
{
  command_warn(play->program, "%s: %s", error->place, error->text);
}

/// Let an event sound, and write it down
static void
tell_event(LivePlay* const play, const RemDuetEvent* const event)
{
  const bool         net    = event->kind == REM_EVENT_NET;
  const RemLogSource source = net ? REM_LOG_RNN : REM_LOG_INTERFACE;
  const int64_t      us     = play->begin_us + (int64_t)event->at;
  RemError           error  = {REM_SUCCESS, "", ""};
  if (event->kind == REM_EVENT_SILENCE) {
    return; // OSC has no notes to end
  }
  if ((net || event->thru) && play->to) {
    send_frame(play, event);
  } else if (net || event->thru) {
    char row[REM_LOG_ROW_SIZE];
    (void)rem_log_row_write(us, source, event->x, event->n, row);
    (void)fputs(row, stdout);
  }
  play->n_out += net;
  play->n_in += !net;
  if (play->log && rem_log_add(play->log, us, source, event->x, &error)) {
    warn_of_log(play, &error);
  }
}

void
cmd_play_tell(LivePlay* const play, const uint64_t until)
{
  RemDuetEvent event;
  bool         told = false;
  while (rem_duet_next(play->duet, until, &event)) {
    tell_event(play, &event);
    told = true;
  }
  play->told_to = until > play->told_to ? until : play->told_to;
  if (told && !play->to) {
    play->broken = fflush(stdout) || ferror(stdout);
  }
}

/// Say on a terminal what goes on
static void
say(const LivePlay* const play,
    Progress* const       progress,
    uint64_t* const       before)
{
  static const char* const turns[] = {
    "the player has the turn", "the net plays", "both play"};
  const RemDuetSettings* const now     = rem_duet_get(play->duet);
  const double                 seconds = progress_clock() - progress->last;
  const double rate = (double)(play->n_out - *before) / fmax(seconds, 1e-3);
  *before           = play->n_out;
  progress_say(progress,
               "%s: %s; %llu frames heard, %llu played, %.0f a second",
               now->paused ? "paused" : rem_duet_mode_name(now->mode),
               turns[rem_duet_turn(play->duet)],
               (unsigned long long)play->n_in,
               (unsigned long long)play->n_out,
               rate);
}

/// Wait until sample `until`, a packet or an interrupt; return whether the last
static bool
wait_until(const LivePlay* const play, const uint64_t until, const int signals)
{
  const int       fd         = lo_server_get_socket_fd(play->server);
  const uint64_t  now        = cmd_play_now(play);
  const double    us         = until > now ? (double)(until - now) : 0.0;
  const double    wait       = fmin(us / LIVE_RATE, LONGEST_WAIT);
  const double    whole      = floor(wait);
  struct timespec until_then = {(time_t)whole, lrint(1e9 * (wait - whole))};
  fd_set          readable;
  FD_ZERO(&readable);
  FD_SET(fd, &readable);
  FD_SET(signals, &readable);
  const int n = pselect((fd > signals ? fd : signals) + 1,
                        &readable,
                        NULL,
                        NULL,
                        &until_then,
                        NULL);
  return n > 0 && FD_ISSET(signals, &readable);
}

/// Write the log through when that is due
static void
tend_log(LivePlay* const play)
{
  const uint64_t now   = cmd_play_now(play);
  RemError       error = {REM_SUCCESS, "", ""};
  if (play->log && now >= play->flush_at) {
    play->flush_at = now + (uint64_t)LIVE_RATE;
    if (rem_log_flush(play->log, &error)) {
      warn_of_log(play, &error);
    }
  }
}

/// Return the sample until which there is nothing to do
static uint64_t
next_task(const LivePlay* const play, const Progress* const progress)
{
  uint64_t until = rem_duet_due(play->duet);
  if (play->log && play->flush_at < until) {
    until = play->flush_at;
  }
  if (progress->terminal) {
    const double due   = progress->last + progress->interval - play->begin;
    const double shown = fmax(0.0, ceil(LIVE_RATE * due));
    until              = shown < (double)until ? (uint64_t)shown : until;
  }
  return until;
}

/// Go on until the user wants to stop
static void
go_on(LivePlay* const play, const int signals)
{
  Progress progress = progress_start(0.0);
  uint64_t before   = 0U;
  bool     stopped  = false;
  while (!stopped && !play->broken) {
    bool more = true;
    stopped   = wait_until(play, next_task(play, &progress), signals);
    for (int n = 0; more && n < MAX_BURST; ++n) {
      more = lo_server_recv_noblock(play->server, 0) > 0;
    }
    cmd_play_tell(play, cmd_play_now(play) + 1U);
    tend_log(play);
    if (progress.terminal && progress_due(&progress)) {
      say(play, &progress, &before);
    }
  }
  progress_end(&progress, true);
}

RemStatus
cmd_play_run(LivePlay* const play, RemError* const error)
{
  sigset_t set;
  (void)sigemptyset(&set);
  (void)sigaddset(&set, SIGINT);
  (void)sigaddset(&set, SIGTERM);
  (void)sigaddset(&set, SIGHUP);
  const int signals = signalfd(-1, &set, SFD_CLOEXEC);
  if (signals < 0) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "Cannot wait for signals");
  }
  const RemFloatMode mode = rem_denormals_off();
  go_on(play, signals);
  rem_denormals_restore(mode);
  (void)close(signals);
  return play->broken
           ? rem_fail(
               error, REM_CANNOT_WRITE, NULL, "Cannot write what is played")
           : REM_SUCCESS;
}
