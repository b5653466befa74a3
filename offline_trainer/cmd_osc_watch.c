// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_osc.h"

#include "dsp/duet.h"
#include "offline_trainer/command.h"
#include "offline_trainer/progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define RENEW_SECONDS 20.0  ///< A subscription lasts a minute
#define LOG_SECONDS 1.0     ///< Between lines that say nothing new
#define GOODBYE_SECONDS 0.5 ///< For the answer to the last message
#define DEFAULT_HZ 10.0
#define LINE 512

/// What is on the screen
typedef struct {
  bool   terminal;    ///< The line rewrites itself
  bool   shown;       ///< There is one
  double last;        ///< When the last one was printed
  char   facts[LINE]; ///< Of it, those worth a line in a log
} Screen;

/// Return an item of the status as it came, or "?"
static const char*
item(const OscLine* const line, const char* const key)
{
  const char* const text = osc_rows_get(osc_entries(line->link), key, 1U);
  return *text ? text : "?";
}

/// Return an item that is 0 to 3, or -1 if there is none
static long
number(const OscLine* const line, const char* const key)
{
  long value = -1;
  return command_integer(item(line, key), 0, 3, &value) ? value : -1;
}

/// Write what changes always: levels, or whose turn it is
static void
write_levels(const OscLine* const line, char* const text, const size_t size)
{
  static const char* const turns[] = {"you,", "net,", "both,"};
  const long               turn    = number(line, "turn");
  const char* const        load    = item(line, "dsp_load");
  if (turn >= 0 && turn < 3) {
    (void)snprintf(text, size, "turn: %-5s load %.8s %%", turns[turn], load);
  } else {
    (void)snprintf(text,
                   size,
                   "in %.8s dB, out %.8s dB, load %.8s %%",
                   item(line, "in_peak"),
                   item(line, "out_peak"),
                   load);
  }
}

/// Write what changes seldom: state, model, and why it is so
static void
write_facts(const OscLine* const line, char* const text, const size_t size)
{
  const char* const state = item(line, "state");
  const char* const lost  = item(line, "non_finite");
  const long        mode  = number(line, "mode");
  const bool        bad   = !strcmp(state, "last load failed");
  (void)snprintf(text,
                 size,
                 "%s: %s%s%s%s%s, %s%s%s%s%s",
                 line->name,
                 number(line, "record") > 0 ? "recording, " : "",
                 number(line, "pause") > 0 ? "paused, " : "",
                 mode < 0 ? "" : rem_duet_mode_name((RemDuetMode)mode),
                 mode < 0 ? "" : ", ",
                 state,
                 item(line, "model"),
                 bad ? ": " : "",
                 bad ? item(line, "message") : "",
                 strcmp(lost, "0") && strcmp(lost, "?") ? ", non-finite " : "",
                 strcmp(lost, "0") && strcmp(lost, "?") ? lost : "");
}

/// Return how many characters a line of the terminal has
static int
columns(void)
{
  struct winsize size = {0};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col < 20U
           ? 80
           : size.ws_col;
}

/// Show the status: in a log only if it is new or a second has passed
static void
show(const OscLine* const line, Screen* const screen)
{
  char         text[2 * LINE] = "", facts[LINE] = "", level[64] = "";
  const double now = progress_clock();
  write_facts(line, facts, sizeof(facts));
  if (!screen->terminal && now < screen->last + LOG_SECONDS &&
      !strcmp(facts, screen->facts)) {
    return;
  }
  write_levels(line, level, sizeof(level));
  (void)snprintf(text, sizeof(text), "%s | %s", level, facts);
  if (screen->terminal) {
    printf("\r%.*s\033[K", columns() - 1, text);
  } else {
    puts(text);
  }
  (void)fflush(stdout);
  memcpy(screen->facts, facts, sizeof(facts));
  screen->last  = now;
  screen->shown = true;
}

/// Show what comes until the user stops it; return whether that was the end
static bool
follow(OscLine* const          line,
       const OscCommand* const subscribe,
       RemError* const         error)
{
  Screen       screen  = {.terminal = isatty(STDOUT_FILENO)};
  const double silence = line->timeout + 2.0 / line->hz;
  double       renewed = progress_clock(), heard = renewed;
  unsigned     n     = 0U;
  bool         sound = true;
  while (sound && !command_interrupted() && !ferror(stdout)) {
    osc_listen(line->link);
    const double now = progress_clock();
    if (osc_n_status(line->link) != n) {
      n     = osc_n_status(line->link);
      heard = now;
      show(line, &screen);
    }
    if (now >= renewed + RENEW_SECONDS) {
      renewed = now;
      sound   = osc_send(line->link, subscribe, error);
    }
    if (now >= heard + silence) {
      (void)rem_fail(error,
                     REM_NO_FILE,
                     line->name,
                     "No status for %.1f s: has the host stopped?",
                     silence);
      sound = false;
    }
    sound = sound && !osc_refused(line->link, error);
  }
  if (screen.shown && screen.terminal) {
    putchar('\n');
  }
  return sound;
}

/// End the subscription.  An answer would be nice; nobody waits for it long.
static void
unsubscribe(OscLine* const line, OscCommand* const subscribe)
{
  RemError     ignored           = {REM_SUCCESS, "", ""};
  const double start             = progress_clock();
  subscribe->arguments[1].number = 0.0;
  command_release_interrupts();
  if (osc_send(line->link, subscribe, &ignored)) {
    while (progress_clock() < start + GOODBYE_SECONDS &&
           strcmp(osc_answer(line->link, 1U), "0") != 0 &&
           !osc_refused(line->link, &ignored)) {
      osc_listen(line->link);
    }
  }
}

int
cmd_osc_watch(OscLine* const line, const char* const* const args)
{
  OscCommand subscribe = {.n_answer = 2U, .again = true};
  RemError   error     = {REM_SUCCESS, "", ""};
  (void)args;
  line->hz = line->has_hz ? line->hz : DEFAULT_HZ;
  cmd_osc_address(line, "subscribe", &subscribe);
  subscribe.arguments[0] = (OscArgument){'i', osc_port(line->link), NULL};
  subscribe.arguments[1] = (OscArgument){'f', line->hz, NULL};
  osc_follow(line->link, line->name);
  const int status = cmd_osc_ask(line, &subscribe);
  if (status) {
    return status;
  }
  const bool sound = follow(line, &subscribe, &error);
  unsubscribe(line, &subscribe);
  return sound ? REM_EXIT_DONE : command_failed(line->program, &error);
}
