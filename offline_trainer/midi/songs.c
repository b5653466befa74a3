// SPDX-License-Identifier: ISC

#include "offline_trainer/midi/songs.h"

#include "dsp/events.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/// Tokens of one song on their way
typedef struct {
  size_t    n;
  size_t    room;
  uint32_t* tokens;
  bool      failed;
} Piece;

/// Paths of files
typedef struct {
  size_t n;
  char** paths;
} Files;

static RemStatus
fail_memory(RemError* const error)
{
  return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the songs");
}

static void
append(Piece* const piece, const uint32_t* const tokens, const uint32_t n)
{
  if (!n) {
    return;
  }
  if (piece->n + n > piece->room) {
    const size_t    room = 2U * piece->room + n + 1024U;
    uint32_t* const more =
      (uint32_t*)realloc(piece->tokens, room * sizeof(uint32_t));
    if (!more) {
      piece->failed = true;
      return;
    }
    piece->tokens = more;
    piece->room   = room;
  }
  memcpy(piece->tokens + piece->n, tokens, n * sizeof(uint32_t));
  piece->n += n;
}

bool
rem_songs_add(RemTokens* const tokens, const RemSong* const song)
{
  static const uint32_t start   = REM_TOKEN_START;
  static const uint32_t end     = REM_TOKEN_END;
  RemEventEncoder       encoder = {.begun = false};
  Piece                 piece   = {0U, 0U, NULL, false};
  uint32_t              some[REM_MOST_TOKENS];
  append(&piece, &start, 1U);
  for (size_t i = 0U; !piece.failed && i < song->n; ++i) {
    append(&piece, some, rem_event_encode(&encoder, &song->messages[i], some));
  }
  append(&piece, some, rem_event_encode_rest(&encoder, some));
  append(&piece, &end, 1U);
  const bool done =
    !piece.failed && rem_tokens_add(tokens, piece.tokens, piece.n);
  free(piece.tokens);
  return done;
}

static void
clear_files(Files* const files)
{
  for (size_t i = 0U; i < files->n; ++i) {
    free(files->paths[i]);
  }
  free(files->paths);
}

/// Add a path, which goes over; NULL is none
static bool
add_file(Files* const files, char* const path)
{
  char** const more =
    path ? (char**)realloc(files->paths, (files->n + 1U) * sizeof(char*))
         : NULL;
  if (!more) {
    free(path);
    return false;
  }
  files->paths             = more;
  files->paths[files->n++] = path;
  return true;
}

static bool
is_midi(const char* const name)
{
  const char* const dot = strrchr(name, '.');
  return dot && name[0] != '.' &&
         (!strcasecmp(dot, ".mid") || !strcasecmp(dot, ".midi"));
}

static char*
join(const char* const folder, const char* const name)
{
  const size_t size = strlen(folder) + strlen(name) + 2U;
  char* const  path = (char*)malloc(size);
  if (path) {
    (void)snprintf(path, size, "%s/%s", folder, name);
  }
  return path;
}

static int
compare(const void* const a, const void* const b)
{
  return strcmp(*(char* const*)a, *(char* const*)b);
}

/// Find the MIDI files of a folder
static RemStatus
list_folder(const char* const folder, Files* const files, RemError* const error)
{
  DIR* const   dir   = opendir(folder);
  const size_t first = files->n;
  bool         fits  = true;
  if (!dir) {
    return rem_fail(error, REM_NO_FILE, folder, "cannot be read");
  }
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is this thread's own
  for (const struct dirent* e = readdir(dir); fits && e; e = readdir(dir)) {
    fits = !is_midi(e->d_name) || add_file(files, join(folder, e->d_name));
  }
  (void)closedir(dir);
  if (!fits) {
    return fail_memory(error);
  }
  if (files->n == first) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    folder,
                    "holds no MIDI files; expected .mid or .midi");
  }
  qsort(files->paths + first, files->n - first, sizeof(char*), compare);
  return REM_SUCCESS;
}

static RemStatus
list_files(const char* const* const paths,
           const size_t             n,
           Files* const             files,
           RemError* const          error)
{
  RemStatus st = REM_SUCCESS;
  for (size_t i = 0U; !st && i < n; ++i) {
    struct stat info;
    if (!stat(paths[i], &info) && S_ISDIR(info.st_mode)) {
      st = list_folder(paths[i], files, error);
    } else if (!add_file(files, strdup(paths[i]))) {
      st = fail_memory(error);
    }
  }
  return st;
}

/// Read a file and add it to the tokens
static RemStatus
read_file(const char* const path,
          RemTokens* const  tokens,
          RemError* const   error)
{
  RemSong         song;
  const size_t    before = rem_tokens_n(tokens);
  const RemStatus st     = rem_song_read(path, &song, error);
  if (st) {
    return st;
  }
  const bool added = rem_songs_add(tokens, &song);
  rem_song_clear(&song);
  if (!added) {
    return fail_memory(error);
  }
  return rem_tokens_n(tokens) > before + 2U
           ? REM_SUCCESS
           : rem_fail(error, REM_BAD_ARGUMENT, path, "holds no notes");
}

RemStatus
rem_songs_read(const char* const* const paths,
               const size_t             n,
               RemTokens** const        out,
               RemError* const          error)
{
  RemSymbols* const symbols = rem_event_symbols();
  Files             files   = {0U, NULL};
  *out                      = symbols ? rem_tokens_new(symbols) : NULL;
  rem_symbols_free(symbols);
  RemStatus st =
    *out ? list_files(paths, n, &files, error) : fail_memory(error);
  for (size_t i = 0U; !st && i < files.n; ++i) {
    st = read_file(files.paths[i], *out, error);
  }
  clear_files(&files);
  if (st) {
    rem_tokens_free(*out);
    *out = NULL;
  }
  return st;
}

/// Add song `i` of `from`
static bool
copy(RemTokens* const to, const RemTokens* const from, const size_t i)
{
  return rem_tokens_add(
    to, from->all + from->begins[i], from->begins[i + 1U] - from->begins[i]);
}

RemTokens*
rem_songs_hold_out(RemTokens* const tokens, const double share)
{
  const size_t     every = share > 0.0 ? (size_t)(1.0 / share + 0.5) : 10U;
  const size_t     step  = every > 2U ? every : 2U;
  RemTokens* const kept  = rem_tokens_new(tokens->symbols);
  RemTokens* const out   = rem_tokens_new(tokens->symbols);
  bool             done  = kept && out && tokens->n_pieces > 1U;
  const size_t     last  = done ? tokens->n_pieces - 1U : 0U;
  for (size_t i = 0U; done && i <= last; ++i) {
    const bool held = i % step == step - 1U || (last < step - 1U && i == last);
    done            = copy(held ? out : kept, tokens, i);
  }
  if (!done) {
    rem_tokens_free(kept);
    rem_tokens_free(out);
    return NULL;
  }
  const RemTokens before = *tokens; // Exchanged
  *tokens                = *kept;
  *kept                  = before;
  rem_tokens_free(kept);
  return out;
}

/// Add song `i` in another key, if it fits
static bool
add_transposed(RemTokens* const tokens, const size_t i, const int by)
{
  const size_t    n    = tokens->begins[i + 1U] - tokens->begins[i];
  uint32_t* const song = (uint32_t*)malloc(n * sizeof(uint32_t));
  bool            fits = song;
  for (size_t k = 0U; fits && k < n; ++k) {
    song[k] = rem_event_transpose(tokens->all[tokens->begins[i] + k], by);
    fits    = song[k] != REM_NO_SYMBOL;
  }
  const bool done = song && (!fits || rem_tokens_add(tokens, song, n));
  free(song);
  return done;
}

bool
rem_songs_transpose(RemTokens* const tokens, const int down, const int up)
{
  const size_t n    = tokens->n_pieces;
  bool         done = true;
  for (int by = down; done && by <= up; ++by) {
    for (size_t i = 0U; done && by && i < n; ++i) {
      done = add_transposed(tokens, i, by);
    }
  }
  return done;
}

bool
rem_song_of_tokens(const uint32_t* const tokens,
                   const size_t          n_tokens,
                   RemSong* const        out)
{
  RemEventDecoder decoder = {.step = 0U};
  RemTimedMidi    some[REM_MOST_MESSAGES];
  bool            done = true;
  *out                 = (RemSong){0U, NULL};
  for (size_t i = 0U; i <= n_tokens; ++i) {
    const uint32_t n = i < n_tokens
                         ? rem_event_decode(&decoder, tokens[i], some)
                         : rem_event_decode_rest(&decoder, some);
    for (uint32_t k = 0U; done && k < n; ++k) {
      done = rem_song_add(out, &some[k]);
    }
  }
  if (!done) {
    rem_song_clear(out);
  }
  return done;
}
