// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_play.h"

#include "dsp/modelfile/modelfile.h"
#include "offline_trainer/command.h"
#include "offline_trainer/osc/udp.h"

#include <stdio.h>
#include <string.h>

#define MAX_SEED 9007199254740992.0 // 2^53, the last one that a double counts

static const char help_text[] =
  "Usage: remanence play [OPTION]... MODEL\n"
  "Let a model for controllers play with you over OSC, by IMPSY's addresses:\n"
  "what comes to /interface is played by you, what the net plays goes out as\n"
  "/impsy, and /impsy/mode, sigmatemp, pitemp, timescale, pause and reset\n"
  "steer it. Ctrl-C ends it.\n"
  "\n"
  "      --osc-in PORT      where it listens; 0 is any that is free [6000]\n"
  "      --osc-bind ADDRESS on which interface [127.0.0.1]: 0.0.0.0 on all\n"
  "      --osc-out HOST:PORT  where it plays to; without, it prints rows as "
  "in\n"
  "                         a log on stdout\n"
  "      --mode MODE        callresponse, polyphony, battle or useronly\n"
  "                         [callresponse]\n"
  "      --threshold S      of callresponse: seconds without you until the "
  "net\n"
  "                         goes on [1]\n"
  "      --input-thru       what you play sounds too\n"
  "      --pitemp X         how far it strays between its habits [1]\n"
  "      --sigmatemp X      how far it strays from each: 0 is not at all [1]\n"
  "      --timescale X      2 plays half as fast [1]\n"
  "      --seed N           of its chance [0]\n"
  "      --log DIR          write down both of you in a new log of DIR\n"
  "  -h, --help             show this\n"
  "\n"
  "  remanence play duet.safetensors --osc-in 6000 --osc-out localhost:6001\n"
  "  remanence play duet.safetensors --mode battle | my-synth\n";

static const struct option options[] = {
  {"osc-in", required_argument, NULL, 'i'},
  {"osc-bind", required_argument, NULL, 'b'},
  {"osc-out", required_argument, NULL, 'o'},
  {"mode", required_argument, NULL, 'm'},
  {"threshold", required_argument, NULL, 't'},
  {"input-thru", no_argument, NULL, 'u'},
  {"pitemp", required_argument, NULL, 'p'},
  {"sigmatemp", required_argument, NULL, 's'},
  {"timescale", required_argument, NULL, 'c'},
  {"seed", required_argument, NULL, 'e'},
  {"log", required_argument, NULL, 'l'},
  {"help", no_argument, NULL, 'h'},
  {NULL, 0, NULL, 0}};

/// Return the name of the option with this letter
static const char*
name_of(const int letter)
{
  const struct option* o = options;
  while (o->name && o->val != letter) {
    ++o;
  }
  return o->name;
}

/// Take in a number; return the exit status
static int
take_number(const LivePlay* const play,
            const int             letter,
            const double          low,
            const double          high,
            double* const         out)
{
  return command_number(optarg, low, high, out)
           ? REM_EXIT_DONE
           : command_usage(play->program,
                           "--%s wants %.10g to %.16g, not `%s`",
                           name_of(letter),
                           low,
                           high,
                           optarg);
}

/// Take in a number of the settings; return the exit status
static int
take_setting(const LivePlay* const play,
             const int             letter,
             const float           low,
             const float           high,
             float* const          out)
{
  double    value = 0.0;
  const int status =
    take_number(play, letter, (double)low, (double)high, &value);
  *out = status ? *out : (float)value;
  return status;
}

/// Split HOST:PORT; return the exit status
static int
take_client(LivePlay* const play)
{
  const char* const colon = strrchr(optarg, ':');
  const size_t      n     = colon ? (size_t)(colon - optarg) : 0U;
  long              port  = 0;
  if (!n || n >= sizeof(play->host) ||
      !command_integer(colon + 1, 1, 65535, &port)) {
    return command_usage(
      play->program, "--osc-out wants HOST:PORT, not `%s`", optarg);
  }
  (void)snprintf(play->host, sizeof(play->host), "%.*s", (int)n, optarg);
  (void)snprintf(play->to_port, sizeof(play->to_port), "%ld", port);
  return REM_EXIT_DONE;
}

/// Take in an option that has a number; return the exit status
static int
take_numeric(LivePlay* const play, const int letter)
{
  RemDuetSettings* const to     = &play->settings;
  double                 value  = 0.0;
  int                    status = REM_EXIT_DONE;
  switch (letter) {
  case 't':
    return take_setting(
      play, letter, 0.0f, REM_DUET_MAX_THRESHOLD, &to->threshold);
  case 'p':
    return take_setting(
      play, letter, 0.0f, REM_DUET_MAX_TEMPER, &to->temper.pitemp);
  case 's':
    return take_setting(
      play, letter, 0.0f, REM_DUET_MAX_TEMPER, &to->temper.sigmatemp);
  case 'c':
    return take_setting(play,
                        letter,
                        REM_DUET_MIN_TIMESCALE,
                        REM_DUET_MAX_TIMESCALE,
                        &to->timescale);
  case 'i':
    status     = take_number(play, letter, 0.0, 65535.0, &value);
    play->port = (long)value;
    return status;
  default:
    status     = take_number(play, letter, 0.0, MAX_SEED, &value);
    play->seed = (uint64_t)value;
    return status;
  }
}

/// Take in an option; return the exit status
static int
take_option(LivePlay* const play, const int letter)
{
  switch (letter) {
  case 'b':
    play->interface = optarg;
    return REM_EXIT_DONE;
  case 'l':
    play->log_folder = optarg;
    return REM_EXIT_DONE;
  case 'u':
    play->settings.input_thru = true;
    return REM_EXIT_DONE;
  case 'o':
    return take_client(play);
  case 'm':
    return rem_duet_mode_of(optarg, &play->settings.mode)
             ? REM_EXIT_DONE
             : command_usage(play->program,
                             "--mode wants callresponse, polyphony, battle or "
                             "useronly, not `%s`",
                             optarg);
  default:
    return take_numeric(play, letter);
  }
}

/// Read the model and build the duet
static RemStatus
open_model(LivePlay* const play, RemError* const error)
{
  RemStatus st = rem_model_read(play->model_path, &play->model, NULL, error);
  if (st) {
    return st;
  }
  if (!play->model->frames) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    play->model_path,
                    "This is a model of sound; only those of `remanence train "
                    "--control` play over OSC");
  }
  if ((st = rem_model_check_streams(play->model, play->model_path, error))) {
    return st;
  }
  play->predictor = rem_predictor_new(play->model);
  play->duet      = rem_duet_new(LIVE_RATE);
  return play->predictor && play->duet
           ? REM_SUCCESS
           : rem_fail(error, REM_NO_MEMORY, play->model_path, "Out of memory");
}

/// Open all that the duet speaks to
static RemStatus
open_ends(LivePlay* const play, RemError* const error)
{
  RemStatus st = osc_udp_open(
    play->interface, play->port, cmd_play_hear, play, &play->server, error);
  if (!st && play->host[0]) {
    st = osc_udp_find(play->host, play->to_port, &play->to, error);
  }
  play->begin_us = rem_log_now();
  if (!st && play->log_folder) {
    st = rem_log_create(play->log_folder,
                        play->model->frames->n_dims,
                        play->begin_us,
                        &play->log,
                        error);
  }
  return st;
}

/// Begin the duet at sample 0, which is now
static void
begin(LivePlay* const play)
{
  play->begin    = progress_clock();
  play->begin_us = rem_log_now();
  rem_duet_seed(play->duet, play->seed);
  rem_duet_set(play->duet, 0U, &play->settings);
  (void)rem_duet_set_predictor(play->duet, 0U, play->predictor);
  fprintf(stderr,
          "Listening on %s:%ld, %u values; playing to %s%s%s\n",
          play->interface,
          osc_udp_port(play->server),
          play->model->frames->n_dims,
          play->to ? play->host : "stdout",
          play->to ? ":" : "",
          play->to_port);
  if (play->log) {
    fprintf(stderr, "Writing %s\n", rem_log_path(play->log));
  }
}

/// Free all that a duet owns; the log can fail
static RemStatus
close_all(LivePlay* const play, RemError* const error)
{
  const RemStatus st = rem_log_close(play->log, error);
  if (play->server) {
    lo_server_free(play->server);
  }
  if (play->to) {
    lo_address_free(play->to);
  }
  rem_duet_free(play->duet);
  rem_predictor_free(play->predictor);
  rem_model_free(play->model);
  return st;
}

int
cmd_play(const int argc, char** const argv)
{
  LivePlay play   = {.program   = argv[0],
                     .interface = "127.0.0.1",
                     .port      = 6000,
                     .settings  = rem_duet_settings()};
  RemError error  = {REM_SUCCESS, "", ""};
  int      letter = 0;
  while ((letter = command_option(argc, argv, "h", options)) != -1) {
    if (letter == 'h') {
      fputs(help_text, stdout);
      return REM_EXIT_DONE;
    }
    const int status = letter == '?' ? command_bad_option(argv, options)
                                     : take_option(&play, letter);
    if (status) {
      return status;
    }
  }
  if (argc - optind != 1) {
    return command_usage(play.program, "wants one model");
  }
  play.model_path = argv[optind];
  command_hold_interrupts();
  RemStatus st = open_model(&play, &error);
  if (!st && !(st = open_ends(&play, &error))) {
    begin(&play);
    st = cmd_play_run(&play, &error);
  }
  const RemStatus closed = close_all(&play, st ? NULL : &error);
  return st || closed ? command_failed(play.program, &error) : REM_EXIT_DONE;
}
