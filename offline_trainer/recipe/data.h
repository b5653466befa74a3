// SPDX-License-Identifier: ISC

/// Examples that recipes learn from: made by rule, or of texts that Debian
/// packages bring.  Each set is three files of tab-separated values,
/// NAME-train.tsv, NAME-valid.tsv and NAME-test.tsv, as examples/examples.h
/// reads them; what goes in of one is in no other.

#ifndef REM_OFFLINE_TRAINER_RECIPE_DATA_H
#define REM_OFFLINE_TRAINER_RECIPE_DATA_H

#include "dsp/modelfile/text.h"
#include "dsp/random.h"
#include "dsp/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REM_DATA_PATH 1024U ///< Bytes of a path in a folder, the end included

/// Parts of a set
typedef enum {
  REM_PART_TRAIN,
  REM_PART_VALID,
  REM_PART_TEST,
} RemDataPart;

#define REM_N_PARTS 3

/// A set to write; sizes are numbers of examples, 0 for no file
typedef struct {
  const char* folder; ///< That exists
  const char* name;
  uint64_t    seed; ///< Of the same seed the same files
  size_t      sizes[REM_N_PARTS];
} RemDataSet;

/// Make one example: append what goes in and what should come out, without tab
/// or end of line; `random` is advanced
typedef void (*RemDataMake)(const void* handle,
                            RemRandom*  random,
                            RemText*    in,
                            RemText*    out);

/**
   Write a set by rule.  A hash of what goes in says which part it belongs to,
   so that parts share nothing, however often the rule repeats itself.

   @return #REM_CANNOT_WRITE, #REM_NO_MEMORY, #REM_SUCCESS, or #REM_BAD_ARGUMENT
   of a rule that has too few different examples.
*/
RemStatus
rem_data_write(const RemDataSet* set,
               RemDataMake       make,
               const void*       handle,
               RemError*         error);

/// Write the path of a part's file to `path` [REM_DATA_PATH]
void
rem_data_path(const RemDataSet* set, RemDataPart part, char* path);

/// Return a whole number in [low, high]; `random` is advanced
long
rem_data_pick(RemRandom* random, long low, long high);

/// Numbers of one to six digits: `two hundred and seven` to `207`; no handle
void
rem_data_number(const void* handle,
                RemRandom*  random,
                RemText*    in,
                RemText*    out);

/// Lengths of letters to turn round or to copy
typedef struct {
  long longest; ///< Letters, 1 or more
  long n_kinds; ///< Different letters, 1..26
  bool reverse; ///< Else they are copied
} RemDataLetters;

/// Letters, as a RemDataLetters says, of every length from 1 as often
void
rem_data_letters(const void* handle,
                 RemRandom*  random,
                 RemText*    in,
                 RemText*    out);

/// How many bits
typedef struct {
  long shortest; ///< 1 or more
  long longest;  ///< `shortest` or more
} RemDataBits;

/// Bits, as a RemDataBits says, and after each whether the ones so far are odd
/// or even: `0110` and `even odd even even`.  To tag.
void
rem_data_parity(const void* handle,
                RemRandom*  random,
                RemText*    in,
                RemText*    out);

/// One of the letters a to h, then bits of no meaning, as a RemDataBits says:
/// `c01101` and `c`.  To classify.
void
rem_data_gap(const void* handle, RemRandom* random, RemText* in, RemText* out);

/// How long and how deep programs are: digits of their numbers, and operations
/// that are put into each other, 1..6 of either
typedef struct {
  long   length;
  long   nesting;
  double mix;         ///< Share of programs that are uniform in 1..most_length
  long   most_length; ///< and 1..most_nesting instead
  long   most_nesting;
} RemDataPrograms;

/// A program, as a RemDataPrograms says, and what it prints.
/// Source: Zaremba and Sutskever 2014, arXiv:1410.4615, section 4 and
/// algorithm 1; lines end by a semicolon here, and
/// there is no dot at the end: examples have an end symbol.
void
rem_data_program(const void* handle,
                 RemRandom*  random,
                 RemText*    in,
                 RemText*    out);

#define REM_DRUM_BANDS 16U  ///< Mel bands
#define REM_DRUM_SLICES 3U  ///< Stretches of time
#define REM_DRUM_VECTOR 48U ///< Bands of every stretch

/// A drum sound, by rule, as the decibels of its spectrum, and the bar of
/// sixteen steps that is written for it: kind, pitch, length and loudness say
/// which.  `handle` is a workspace of rem_data_drums_new().
void
rem_data_drum(const void* handle, RemRandom* random, RemText* in, RemText* out);

/// Room to make drum sounds in
typedef struct RemDataDrums RemDataDrums;

/// Return room for sounds, or NULL without memory
RemDataDrums*
rem_data_drums_new(void);

/// Free room for sounds; NULL is allowed
void
rem_data_drums_free(RemDataDrums* drums);

/// A short review of a concert, and whether it is good, bad or mixed, by a
/// grammar with negation, contrast and rare words; no handle.  A tenth of the
/// labels is drawn blindly: no net can be right in more than 93.3 of 100.
void
rem_data_review(const void* handle,
                RemRandom*  random,
                RemText*    in,
                RemText*    out);

/**
   Write a set of sentences and their parts of speech.

   Text is that of Debian's package fortunes, tags are Lingua::EN::Tagger's,
   which looks ahead and back for them.  The script that does it, tag.pl, is
   left in the folder.

   @param most Sentences of all parts together.  The sizes of `set` are not
   used: every tenth sentence is for the test, every tenth for validation.
   @return #REM_NO_FILE, with what to install, or another failure.
*/
RemStatus
rem_data_tags(const RemDataSet* set, size_t most, RemError* error);

#endif // REM_OFFLINE_TRAINER_RECIPE_DATA_H
