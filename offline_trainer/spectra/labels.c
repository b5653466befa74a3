// SPDX-License-Identifier: ISC

#include "offline_trainer/spectra/labels.h"

#include "dsp/modelfile/file.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define MAX_BYTES ((size_t)64 << 20U)
#define MAX_SECONDS 1e6
#define BYTE_ORDER_MARK "\xEF\xBB\xBF" ///< Spreadsheets begin with it

/// What is read, and where that stands
typedef struct {
  const char* path;
  size_t      line;
  bool        track; ///< Audacity's
  bool        curve;
  RemError*   error;
} Reading;

static bool
ends_with(const char* const path, const char* const ending)
{
  const char* const dot = strrchr(path, '.');
  return dot && !strcasecmp(dot, ending);
}

bool
rem_labels_is_path(const char* const path)
{
  return ends_with(path, ".csv") || ends_with(path, ".txt");
}

bool
rem_labels_add(RemLabels* const labels, const RemLabel* const label)
{
  if (labels->n == labels->n_room) {
    const size_t    n_room = 2U * labels->n_room + 64U;
    RemLabel* const items =
      (RemLabel*)realloc(labels->items, n_room * sizeof(RemLabel));
    if (!items) {
      return false;
    }
    labels->items  = items;
    labels->n_room = n_room;
  }
  labels->items[labels->n++] = *label;
  return true;
}

void
rem_labels_clear(RemLabels* const labels)
{
  free(labels->items);
  *labels = (RemLabels){0U, 0U, NULL};
}

static int
compare(const void* const a, const void* const b)
{
  const RemLabel* const x = (const RemLabel*)a;
  const RemLabel* const y = (const RemLabel*)b;
  if (x->begin < y->begin || x->begin > y->begin) {
    return x->begin < y->begin ? -1 : 1;
  }
  return strcmp(x->name, y->name);
}

void
rem_labels_sort(RemLabels* const labels)
{
  if (labels->n) {
    qsort(labels->items, labels->n, sizeof(RemLabel), compare);
  }
}

static RemStatus
fail(const Reading* const r, const char* const expected)
{
  char place[sizeof(r->error->place)];
  (void)snprintf(place, sizeof(place), "%.200s:%zu", r->path, r->line);
  return rem_fail(r->error, REM_BAD_FORMAT, place, "expected %s", expected);
}

/// Copy a label, without quotes and blanks around it
static bool
copy_name(const char* text, char name[const REM_MAX_SYMBOL_NAME])
{
  const char* end = text + strcspn(text, "\r\n");
  while (text < end && (*text == ' ' || *text == '\t')) {
    ++text;
  }
  if (*text == '"') {
    ++text;
    end = text + strcspn(text, "\"\r\n");
  }
  while (end > text && (end[-1] == ' ' || end[-1] == '\t')) {
    --end;
  }
  const size_t n = (size_t)(end - text);
  if (n >= REM_MAX_SYMBOL_NAME) {
    return false;
  }
  memcpy(name, text, n);
  name[n] = '\0';
  return true;
}

/// Read a time; NULL if there is none, else where it ends
static const char*
read_time(const char* const text, double* const seconds)
{
  const char* const at  = text + strspn(text, " ");
  char*             end = NULL;
  if (isspace((unsigned char)*at)) { // strtod() would read on, even in the
    return NULL;                     // next line
  }
  *seconds = strtod(at, &end);
  return end != at && *seconds > -MAX_SECONDS && *seconds < MAX_SECONDS ? end
                                                                        : NULL;
}

/// Read the name of a label, or the height of a curve
static RemStatus
read_what(const Reading* const r, const char* const text, RemLabel* const label)
{
  if (!copy_name(text, label->name)) {
    return fail(r, "a label of at most 63 bytes");
  }
  if (r->curve) {
    char* end    = NULL;
    label->value = strtod(label->name, &end);
    if (end == label->name || *end || !isfinite(label->value)) {
      return fail(r, "`seconds,value`, both numbers");
    }
  } else if (!label->name[0]) {
    memcpy(label->name, "onset", sizeof("onset"));
  }
  return REM_SUCCESS;
}

/// Return whether nothing or one of `letters` stands at `at`
static bool
stops(const char* const at, const char* const letters)
{
  return !*at || strchr(letters, *at);
}

/// Read the end of a label in Audacity's track; NULL if there is none
static const char*
read_end(const char* const at, RemLabel* const label)
{
  const char* const end = *at == '\t' ? read_time(at + 1, &label->end) : NULL;
  return end && stops(end, "\t\r\n") && label->end >= label->begin ? end : NULL;
}

/// Return whether the first line may be a heading
static bool
is_heading(const Reading* const r, const char* const text)
{
  return r->line == 1U && !r->track && !strchr("+-.0123456789", *text);
}

/// Read a line; `found` says whether there is a label on it
static RemStatus
read_line(const Reading* const r,
          const char* const    text,
          RemLabel* const      label,
          bool* const          found)
{
  const char* const form =
    r->track ? "`begin TAB end TAB label`" : "`seconds,label`";
  const char* at = read_time(text, &label->begin);
  *found         = at != NULL;
  label->end     = label->begin;
  if (!at) {
    return is_heading(r, text) ? REM_SUCCESS : fail(r, form);
  }
  if (r->track) {
    at = read_end(at, label);
  }
  if (!at || !stops(at, ",;\t\r\n")) {
    return fail(r, form);
  }
  return read_what(r, stops(at, "\r\n") ? at : at + 1, label);
}

/// Return whether a line says nothing: blank, a comment, or more of Audacity's
static bool
is_skipped(const char* const text)
{
  return strchr("#\\\n", text[strspn(text, " \t\r")]); // Or the end
}

static RemStatus
read_lines(Reading* const r, const char* const text, RemLabels* const out)
{
  RemStatus  st   = REM_SUCCESS;
  const bool mark = !strncmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK));
  for (const char* at = text + (mark ? strlen(BYTE_ORDER_MARK) : 0U);
       !st && *at;
       at += strcspn(at, "\n")) {
    at += *at == '\n' && r->line > 0U;
    ++r->line;
    RemLabel label = {.name = ""};
    bool     found = false;
    if (!is_skipped(at) && !(st = read_line(r, at, &label, &found)) && found &&
        !rem_labels_add(out, &label)) {
      st = rem_fail(r->error, REM_NO_MEMORY, r->path, "No memory for labels");
    }
  }
  return st;
}

RemStatus
rem_labels_read(const char* const path,
                const bool        curve,
                RemLabels* const  out,
                RemError* const   error)
{
  Reading   r    = {path, 0U, ends_with(path, ".txt"), curve, error};
  void*     text = NULL;
  size_t    size = 0U;
  RemStatus st   = REM_SUCCESS;
  *out           = (RemLabels){0U, 0U, NULL};
  if (!rem_labels_is_path(path)) {
    return rem_fail(
      error, REM_UNSUPPORTED, path, "Labels are in .csv or .txt files");
  }
  if (!(st = rem_file_read(path, MAX_BYTES, &text, &size, error))) {
    st = strlen((const char*)text) == size
           ? read_lines(&r, (const char*)text, out)
           : rem_fail(error, REM_BAD_FORMAT, path, "It has a zero byte");
  }
  free(text);
  if (st) {
    rem_labels_clear(out);
  } else {
    rem_labels_sort(out);
  }
  return st;
}

static void
print(FILE* const out, const RemLabel* const l, const bool track)
{
  const char* const quote = strpbrk(l->name, ",;#") ? "\"" : "";
  if (track) {
    fprintf(out, "%.6f\t%.6f\t%s\n", l->begin, l->end, l->name);
  } else {
    fprintf(out, "%.6f,%s%s%s\n", l->begin, quote, l->name, quote);
  }
}

/// Return labels as text, to free(), or NULL without memory
static char*
text_of(const RemLabels* const labels, const bool track)
{
  char*       text = NULL;
  size_t      size = 0U;
  FILE* const out  = open_memstream(&text, &size);
  if (!out) {
    return NULL;
  }
  for (size_t i = 0U; i < labels->n; ++i) {
    print(out, &labels->items[i], track);
  }
  const bool good = !ferror(out);
  if (fclose(out) || !good) {
    free(text);
    return NULL;
  }
  return text;
}

char*
rem_labels_text(const RemLabels* const labels)
{
  return text_of(labels, false);
}

RemStatus
rem_labels_write(const char* const      path,
                 const RemLabels* const labels,
                 RemError* const        error)
{
  if (!rem_labels_is_path(path)) {
    return rem_fail(
      error, REM_UNSUPPORTED, path, "Labels go into .csv or .txt files");
  }
  char* const     text = text_of(labels, ends_with(path, ".txt"));
  const RemStatus st =
    text ? rem_file_write(path, text, strlen(text), error)
         : rem_fail(error, REM_NO_MEMORY, path, "No memory for labels");
  free(text);
  return st;
}

void
rem_labels_find(const char* const sound_path, char** const path)
{
  static const char* const endings[] = {".csv", ".txt"};
  const char* const        slash     = strrchr(sound_path, '/');
  const char* const        dot       = strrchr(sound_path, '.');
  const size_t n = dot && (!slash || dot > slash) ? (size_t)(dot - sound_path)
                                                  : strlen(sound_path);
  *path          = (char*)malloc(n + 5U);
  for (size_t i = 0U; *path && i < 2U; ++i) {
    (void)snprintf(*path, n + 5U, "%.*s%s", (int)n, sound_path, endings[i]);
    if (!access(*path, F_OK)) {
      return;
    }
  }
  free(*path);
  *path = NULL;
}
