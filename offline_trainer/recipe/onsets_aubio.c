// SPDX-License-Identifier: ISC

#include "offline_trainer/recipe/onsets_aubio.h"

#include "offline_trainer/spectra/labels.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define MAX_PATH 4096U

extern char** environ;

/// Ways to find onsets
static const char* const methods[]    = {"hfc", "specflux"};
static const char* const thresholds[] = {"0.1", "0.3", "0.5", "0.8"};

enum { N_METHODS = 2, N_THRESHOLDS = 4 };

/// Run a command, its output into a file; false if that cannot be
static bool
run_into(char* const* const argv, const char* const path)
{
  posix_spawn_file_actions_t actions;
  pid_t                      child  = -1;
  int                        status = -1;
  if (posix_spawn_file_actions_init(&actions)) {
    return false;
  }
  const bool started =
    !posix_spawn_file_actions_addopen(
      &actions, 1, path, O_WRONLY | O_CREAT | O_TRUNC, 0666) &&
    !posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0) &&
    !posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
  (void)posix_spawn_file_actions_destroy(&actions);
  return started && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

/// Return a copy, as argv wants; freed by the caller
static char*
word(const char* const text)
{
  return strdup(text);
}

/// Move what was found to where a clip begins, and leave out what lies before
static void
move(RemLabels* const labels, const double begin)
{
  size_t n = 0U;
  for (size_t i = 0U; i < labels->n; ++i) {
    RemLabel label = labels->items[i];
    label.begin -= begin;
    label.end -= begin;
    if (label.begin >= 0.0) {
      labels->items[n++] = label;
    }
  }
  labels->n = n;
}

/// Listen to one sound; `there` says whether aubioonset did
static RemStatus
find(const char* const sound,
     const char* const answer,
     const char* const method,
     const char* const threshold,
     bool* const       there,
     RemLabels* const  out,
     RemError* const   error)
{
  const char* const words[] = {
    "aubioonset", "-i", sound, "-O", method, "-t", threshold, NULL};
  char* argv[8] = {NULL};
  for (size_t i = 0U; words[i]; ++i) {
    argv[i] = word(words[i]);
  }
  *there = argv[6] && run_into(argv, answer);
  for (size_t i = 0U; i < 8U; ++i) {
    free(argv[i]);
  }
  *out = (RemLabels){0U, 0U, NULL};
  return *there ? rem_labels_read(answer, false, out, error) : REM_SUCCESS;
}

/// Listen to all takes
static RemStatus
score(const RemRecipeRun* const run,
      const char* const         folder,
      const RemClips* const     clips,
      const char* const         how[2],
      bool* const               there,
      RemScore* const           out,
      RemError* const           error)
{
  char      answer[MAX_PATH];
  RemStatus st = rem_recipe_path(run, "aubio.csv", answer, MAX_PATH, error);
  *there       = true;
  *out         = (RemScore){0U, 0U, 0U};
  for (size_t i = 0U; !st && *there && i < clips->n; ++i) {
    const RemClip* const clip  = &clips->clips[i];
    RemLabels            found = {0U, 0U, NULL};
    char                 sound[MAX_PATH];
    (void)snprintf(sound, sizeof(sound), "%.3000s/%.1000s", folder, clip->name);
    if (!(st = find(sound, answer, how[0], how[1], there, &found, error)) &&
        *there) {
      move(&found, clip->begin);
      rem_score_add(out, &found, &clip->labels, NULL, REM_SCORE_TOLERANCE);
    }
    rem_labels_clear(&found);
  }
  return st;
}

RemStatus
rem_aubio_score(const RemRecipeRun* const run,
                const char* const         folder,
                const RemClips* const     clips,
                RemAubioScores* const     out,
                RemError* const           error)
{
  const char* const usual[2] = {"default", "0.3"};
  RemStatus         st =
    score(run, folder, clips, usual, &out->there, &out->usual, error);
  out->best = out->usual;
  (void)snprintf(out->setting, sizeof(out->setting), "As it is");
  for (int i = 0; i < N_METHODS * N_THRESHOLDS; ++i) {
    const char* const how[2] = {methods[i / N_THRESHOLDS],
                                thresholds[i % N_THRESHOLDS]};
    RemScore          now    = {0U, 0U, 0U};
    if (st || !out->there || run->brief) {
      return st;
    }
    st = score(run, folder, clips, how, &out->there, &now, error);
    if (rem_score_f(&now) > rem_score_f(&out->best)) {
      out->best = now;
      (void)snprintf(
        out->setting, sizeof(out->setting), "-O %s -t %s", how[0], how[1]);
    }
  }
  return st;
}
