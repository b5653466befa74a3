// SPDX-License-Identifier: ISC

/// Labels of a recording: what is where, as people write it down, and curves

#ifndef REM_OFFLINE_TRAINER_SPECTRA_LABELS_H
#define REM_OFFLINE_TRAINER_SPECTRA_LABELS_H

#include "dsp/status.h"
#include "dsp/symbols.h"

#include <stdbool.h>
#include <stddef.h>

/// One label, or one point of a curve
typedef struct {
  double begin; ///< Seconds
  double end;   ///< Seconds, at least `begin`
  double value; ///< Of a curve: its height; found by a net: how strong
  char   name[REM_MAX_SYMBOL_NAME];
} RemLabel;

/// Labels in the order of time.  All zero is none.
typedef struct {
  size_t    n;
  size_t    n_room;
  RemLabel* items; ///< [n] owned
} RemLabels;

/**
   Read a file of labels.

   `.csv`: a line is `seconds,label`, or `seconds` alone for the label "onset";
   a label may stand in quotes; a first line that begins with no number is a
   heading.  `.txt`: Audacity's label track, `begin TAB end TAB label`.  Empty
   lines and those that begin with # or \ are skipped.

   @param curve Labels are heights: numbers.
   @param out   To be cleared with rem_labels_clear(); empty on failure.
   @return #REM_NO_FILE, #REM_TOO_LARGE, #REM_UNSUPPORTED (another ending),
   #REM_BAD_FORMAT with the line, #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_labels_read(const char* path, bool curve, RemLabels* out, RemError* error);

/**
   Write labels; the ending of `path` chooses as in rem_labels_read().

   @return #REM_UNSUPPORTED, #REM_CANNOT_WRITE, #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_labels_write(const char* path, const RemLabels* labels, RemError* error);

/// Return labels as a CSV file has them, to free(), or NULL without memory
char*
rem_labels_text(const RemLabels* labels);

/// Return whether the ending of a path says that labels may be in it
bool
rem_labels_is_path(const char* path);

/// Append a label; false without memory
bool
rem_labels_add(RemLabels* labels, const RemLabel* label);

/// Put labels in the order of time
void
rem_labels_sort(RemLabels* labels);

/// Free labels and empty the struct
void
rem_labels_clear(RemLabels* labels);

/**
   Set `path` to where the labels of a sound are: beside it, of the same name
   but for the ending .csv or, else, .txt.

   @param path To free(); NULL if there are none, or without memory.
*/
void
rem_labels_find(const char* sound_path, char** path);

#endif // REM_OFFLINE_TRAINER_SPECTRA_LABELS_H
