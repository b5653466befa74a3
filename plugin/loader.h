// SPDX-License-Identifier: ISC

/// Loads model files onto a stage, for the worker, for sessions, for OSC and at
/// the start; keeps models ready; knows what is to be saved, and tells the
/// audio thread what to tell the host.

#ifndef REM_PLUGIN_LOADER_H
#define REM_PLUGIN_LOADER_H

#include "dsp/model.h"
#include "dsp/status.h"
#include "plugin/bank.h"
#include "plugin/bin.h"
#include "plugin/model_search.h"
#include "plugin/path.h"
#include "plugin/say.h"
#include "plugin/slot.h"
#include "plugin/stage.h"

#include <lv2/log/logger.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REM_CLIENT_SIZE 128U    ///< Longest address of who is sent OSC
#define REM_NAME_SIZE 33U       ///< Longest name of an instance
#define REM_EMBED_BYTES 262144U ///< Bytes of a model that sessions keep
#define REM_READY_SLOTS 64U     ///< Models that are ready at a time
#define REM_ENTERED 4U          ///< Entrances whose paths are known

/// What the host is told: the whole truth, so the last one counts
typedef struct {
  RemNode  node;
  bool     failed;   ///< The last load; the model before, if any, plays on
  bool     unsaved;  ///< Something changed that the host did not ask for
  uint32_t osc_port; ///< 0 if OSC is off
  char     path[REM_PATH_SIZE];       ///< The model that plays, or ""
  char     message[REM_MESSAGE_SIZE]; ///< One sentence, or several
  char     knobs[REM_MESSAGE_SIZE];   ///< What the model calls them
  char     name[REM_NAME_SIZE];       ///< Of the instance
  char     mapping[REM_MESSAGE_SIZE]; ///< Of MIDI, or ""
  char     client[REM_CLIENT_SIZE];   ///< Who is sent OSC: HOST:PORT, or ""
} RemReport;

/// What a user sets in words, for the host to be told and the session to keep
typedef enum { REM_TEXT_MAPPING, REM_TEXT_CLIENT } RemText;

/// What a session needs to find a model again
typedef struct {
  char path[REM_PATH_SIZE]; ///< Absolute, without links; "" if there is none
  char name[256];
  char sha256[REM_SHA256_SIZE];
} RemModelId;

/// A model as a session has it
typedef struct {
  RemModelId id;
  void*      bytes; ///< The file, from malloc(), or NULL
  size_t     size;
} RemSavedModel;

/// A model file, read and checked; shared by all that need it
typedef struct {
  uint32_t    n_users; ///< Guarded by the loader's lock
  RemModelId  id;
  RemModel*   model;
  const char* format; ///< What people call it
  void*       bytes;  ///< The file, or NULL if it has over #REM_EMBED_BYTES
  size_t      size;
} RemLoaded;

/// A model that is loaded and does not sound
typedef struct {
  RemLoaded* loaded;
  void*      built;  ///< By the stage, and never played; or NULL
  uint32_t   n_warm; ///< Frames that can be played to it in no time
} RemReady;

/// Which model an entrance brought
typedef struct {
  uint32_t number; ///< 0 for none
  char     path[REM_PATH_SIZE];
} RemEntered;

/// Set the path and, from it, the name; the hash is unknown.  A name that does
/// not fit is left out: half of one would find nothing.
void
rem_model_id_set(RemModelId* id, const char* path);

/// The loading side of one instance.  Every function but rem_loader_news() may
/// be called in any thread but the audio thread.
typedef struct {
  RemStage        stage;
  LV2_Log_Logger* logger; ///< Borrowed
  char*           bundle; ///< Folder of the bundle, owned

  _Atomic(RemReport*) news; ///< From here to the audio thread
  RemBin              old;  ///< Reports that the audio thread has done with

  // Loads take turns and may take long; others only wait for `lock`, which is
  // held for a moment
  pthread_mutex_t loading; ///< Guards what follows, up to `lock`
  uint32_t        quality;
  RemReady        ready[REM_READY_SLOTS]; ///< All zero for an empty place
  atomic_bool     stale; ///< rem_loader_refill() has something to do
  char            message[REM_MESSAGE_SIZE]; ///< What will be told

  pthread_mutex_t lock;    ///< Guards what follows; who writes holds both
  RemLoaded*      playing; ///< What sounds or is about to, or NULL
  RemSavedModel   lost;    ///< A session's model that was not found, to save
  RemEntered      entered[REM_ENTERED]; ///< The last entrances
  RemReport       told;                 ///< What the next report says
} RemLoader;

/// How a model is to come in
typedef struct {
  double   fade_seconds;
  bool     asked;    ///< By the host itself, so that it need not be told
  bool     confined; ///< To its folder and the model roots
  uint32_t number;   ///< Result: of the entrance, see rem_loader_sounding()
  char     path[REM_PATH_SIZE]; ///< Result: of the model
} RemCue;

/// Return a cue of the usual length
static inline RemCue
rem_cue(const bool asked)
{
  const RemCue cue = {REM_SLOT_FADE_SECONDS, asked, false, 0U, ""};
  return cue;
}

/// Make a loader for a stage; returns whether there was memory
bool
rem_loader_init(RemLoader*      loader,
                RemStage        stage,
                LV2_Log_Logger* logger,
                const char*     bundle);

/// Free what a loader owns, also one that is all zero or half made
void
rem_loader_clear(RemLoader* loader);

/**
   Load a model file and offer it to the stage.

   Whatever happens is logged and reported; when it fails, the old model stays.

   @param path  As a person or host gave it.
   @param cue   How it comes in, and what became of it.
   @param error Says why not.
*/
RemStatus
rem_loader_load(RemLoader*  loader,
                const char* path,
                RemCue*     cue,
                RemError*   error);

/// As rem_loader_load(), for the model `by` places on in the folder of the one
/// that plays, round and round; files that are no models are passed over
RemStatus
rem_loader_step(RemLoader* loader, int by, RemCue* cue, RemError* error);

/// As rem_loader_load(), for model `index` of that folder, from 0
RemStatus
rem_loader_select(RemLoader* loader,
                  uint32_t   index,
                  RemCue*    cue,
                  RemError*  error);

/// Read the names of the models in that folder, to release with
/// rem_bank_clear()
RemStatus
rem_loader_bank(RemLoader* loader, RemBank* bank, RemError* error);

/// Load a model file and keep it at place `slot`, below #REM_READY_SLOTS,
/// instead of what was there
RemStatus
rem_loader_preload(RemLoader*  loader,
                   uint32_t    slot,
                   const char* path,
                   RemError*   error);

/// Offer the model at place `slot`: its fade starts in the next block
RemStatus
rem_loader_play_ready(RemLoader* loader,
                      uint32_t   slot,
                      RemCue*    cue,
                      RemError*  error);

/// Fade to the rest state of the model that plays; without one there is nothing
/// to do, and `cue->number` stays 0
RemStatus
rem_loader_rest(RemLoader* loader, RemCue* cue, RemError* error);

/// Build what ready models will play through, where it is missing: for those
/// that have played, and after a change of quality.  For when there is time.
void
rem_loader_refill(RemLoader* loader);

/// Play at 1, 2 or 4 times the model's rate: what plays comes in anew
void
rem_loader_set_quality(RemLoader* loader, uint32_t quality);

/// Tell the host what OSC calls this instance, and where; `unsaved` if it did
/// not ask for that
void
rem_loader_set_name(RemLoader*  loader,
                    const char* name,
                    uint32_t    osc_port,
                    bool        unsaved);

/// Tell the host what one of its texts is now; what does not fit is cut.
/// `unsaved` if it did not ask for that.
void
rem_loader_set_text(RemLoader*  loader,
                    RemText     which,
                    const char* text,
                    bool        unsaved);

/// Copy what one of those texts is
void
rem_loader_text(RemLoader* loader, RemText which, char text[REM_MESSAGE_SIZE]);

/// Tell the host, and the log, something that is no failure of a model
void
rem_loader_tell(RemLoader* loader, const char* words);

/// Tell the host, and the log, why something but a model was refused
void
rem_loader_complain(RemLoader* loader, const RemError* error);

/**
   Load the model of a session: from where it was, else the same file from the
   model roots, else from the session's own bytes, else a file of that name.

   If there is none of them, `saved` is kept so that the next save still has it.

   @param saved What was saved; `name`, `sha256` and `bytes` may be empty.  Its
                bytes go over to the loader.
   @return Whether a model was found and offered to the stage.
*/
bool
rem_loader_restore(RemLoader* loader, RemSavedModel* saved);

/**
   Copy what a session should save; `path` is empty if there is nothing.

   @param embed Whether to copy the bytes as well; they are to be freed.
*/
void
rem_loader_saved(RemLoader* loader, bool embed, RemSavedModel* saved);

/// Copy the knobs of the model that plays, at most `n`; return how many
uint32_t
rem_loader_knobs(RemLoader* loader, RemKnob* knobs, uint32_t n);

/// Copy what the host is told, but the model that sounds instead of one that is
/// about to; and the rate of the latter in Hz (0 if there is none)
void
rem_loader_look(RemLoader* loader, RemReport* told, double* model_rate);

/// Return the number of the entrance that sounds; 0 for none
uint32_t
rem_loader_sounding(const RemLoader* loader);

/// Return whether entrance `number` was replaced before it sounded
bool
rem_loader_was_replaced(const RemLoader* loader, uint32_t number);

/// Return whether entrance `number` brought another model than the one before
bool
rem_loader_is_new(RemLoader* loader, uint32_t number);

/// Free what the audio thread has done with
void
rem_loader_collect(RemLoader* loader);

/// Return the latest report, if there is one that was not returned yet.  It
/// belongs to the caller, who puts it into `old`.  Thread: audio.
REM_RT static inline RemReport*
rem_loader_news(RemLoader* const loader)
{
  return atomic_exchange(&loader->news, NULL);
}

#endif // REM_PLUGIN_LOADER_H
