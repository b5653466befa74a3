// SPDX-License-Identifier: ISC

/// Recordings with labels, as frames and what a net should say of each

#ifndef REM_OFFLINE_TRAINER_SPECTRA_CLIPS_H
#define REM_OFFLINE_TRAINER_SPECTRA_CLIPS_H

#include "dsp/spectra.h"
#include "dsp/status.h"
#include "dsp/symbols.h"
#include "offline_trainer/spectra/labels.h"
#include "offline_trainer/spectra/sound.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// One recording, or a stretch of it
typedef struct {
  char*     name;    ///< File name; owned
  double    begin;   ///< Seconds into the recording
  size_t    n;       ///< Frames
  float*    frames;  ///< [n, n_bands] owned
  float*    targets; ///< [n, n_out] 0 to 1, or the curve; owned
  RemLabels labels;  ///< As written down, from `begin` on; owned
} RemClip;

/// Recordings of a folder
typedef struct {
  RemSpectra  spectra;
  bool        curve;  ///< Targets are heights, and n_out is 1
  RemSymbols* labels; ///< Names of the outputs; owned
  size_t      n;
  RemClip*    clips; ///< [n] owned
} RemClips;

/// Return the number of outputs
uint32_t
rem_clips_n_out(const RemClips* clips);

/// Return the number of frames of all recordings
size_t
rem_clips_n_frames(const RemClips* clips);

/**
   Read every sound file of a folder that has labels beside it, in the order of
   names.

   An onset is 1 in the frame whose middle is nearest, 0.5 in its neighbours.

   @param spectra How sound becomes frames, its offsets and scales included.
   @param curve   Labels are points of a curve, joined by straight lines.
   @param names   Outputs to have; NULL for all labels that occur, sorted.  Of a
                  curve not looked at.
   @param out     To be cleared with rem_clips_clear(); empty on failure.
   @return #REM_NO_FILE (no such folder, or no sound with labels in it), what
   rem_sound_read() and rem_labels_read() return, #REM_NO_MEMORY or
   #REM_SUCCESS.
*/
RemStatus
rem_clips_read(const char*       folder,
               const RemSpectra* spectra,
               bool              curve,
               const RemSymbols* names,
               RemClips*         out,
               RemError*         error);

/**
   Append a recording: what rem_clips_read() does with each.

   @param clips  Its spectra, curve and labels are set.
   @param sound  At the rate of the spectra.
   @param labels Copied.
*/
RemStatus
rem_clips_add(RemClips*        clips,
              const char*      name,
              const RemSound*  sound,
              const RemLabels* labels,
              RemError*        error);

/// Set offsets and scales of the spectra to mean and deviation of the frames,
/// which must have been read with neither, and put the frames in them
void
rem_clips_normalise(RemClips* clips);

/// Put frames that were read with neither into the offsets and scales of
/// `spectra`
void
rem_clips_normalise_as(RemClips* clips, const RemSpectra* spectra);

/**
   Take out what is held out: every fifth recording, or, where there are fewer
   than five, the last fifth of each.

   @param out To be cleared with rem_clips_clear() either way.
   @return #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_clips_split(RemClips* clips, RemClips* out, RemError* error);

/// Free everything and empty the struct
void
rem_clips_clear(RemClips* clips);

#endif // REM_OFFLINE_TRAINER_SPECTRA_CLIPS_H
