// SPDX-License-Identifier: ISC

/// The way of whatever plays a model to the audio thread and back: one is on
/// offer at a time, what comes before it is picked up replaces it, and what has
/// played goes into a bin.

#ifndef REM_PLUGIN_MAILBOX_H
#define REM_PLUGIN_MAILBOX_H

#include "dsp/rt.h"
#include "plugin/bin.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define REM_MAILBOX_REPLACED 256U ///< Entrances whose fate is known

/// First member of everything that goes through a mailbox
typedef struct {
  RemNode  node;
  uint32_t number; ///< Of its entrance, from 1 up
} RemEntry;

/// A mailbox; all zero but for `discard` is an empty one, and all zero is one
/// that can be cleared.  Each entry is owned
/// by the mailbox, or by the audio thread from rem_mailbox_take() to
/// rem_mailbox_retire().
typedef struct {
  void (*discard)(void* entry); ///< Frees an entry

  _Atomic(RemEntry*) incoming; ///< From the loader to the audio thread
  RemBin             retired;  ///< From the audio thread to be freed
  _Atomic(uint32_t)  sounding; ///< Number of the entrance heard last

  // Those who offer only
  uint32_t          n_offered;
  _Atomic(uint32_t) replaced[REM_MAILBOX_REPLACED]; ///< Each at its remainder
} RemMailbox;

/// Free what the audio thread no longer needs.  Thread: any but audio.
void
rem_mailbox_collect(RemMailbox* box);

/// Free everything that the mailbox owns.  Thread: any but audio, once nobody
/// uses it.
void
rem_mailbox_clear(RemMailbox* box);

/**
   Hand an entry to the audio thread, instead of what was offered before and not
   yet picked up.

   @param entry Owned by the mailbox from here on.
   @return The number of the entrance, from 1 up and ever rising.

   Thread: any but audio, one at a time.
*/
uint32_t
rem_mailbox_offer(RemMailbox* box, RemEntry* entry);

/// Return whether entrance `number`, one of the last 256, was replaced before
/// it was heard.  Thread: any.
bool
rem_mailbox_was_replaced(const RemMailbox* box, uint32_t number);

/// Return the number of the entrance that was heard last; 0 for none.
/// Thread: any.
REM_RT static inline uint32_t
rem_mailbox_sounding(const RemMailbox* const box)
{
  return atomic_load(&box->sounding);
}

/// Return whether there is something to collect.  Thread: any.
REM_RT static inline bool
rem_mailbox_is_full(RemMailbox* const box)
{
  return rem_bin_is_full(&box->retired);
}

/// Return whether something is on offer.  Thread: audio.
REM_RT static inline bool
rem_mailbox_has_news(const RemMailbox* const box)
{
  return atomic_load(&box->incoming) != NULL;
}

/// Take what is on offer; NULL if there is nothing.  Thread: audio.
REM_RT static inline RemEntry*
rem_mailbox_take(RemMailbox* const box)
{
  return rem_mailbox_has_news(box) ? atomic_exchange(&box->incoming, NULL)
                                   : NULL;
}

/// Give back what has played; NULL is allowed.  Thread: audio.
REM_RT static inline void
rem_mailbox_retire(RemMailbox* const box, RemEntry* const entry)
{
  if (entry) {
    rem_bin_put(&box->retired, &entry->node);
  }
}

/// Tell everyone that an entry is heard.  Thread: audio.
REM_RT static inline void
rem_mailbox_announce(RemMailbox* const box, const RemEntry* const entry)
{
  atomic_store(&box->sounding, entry->number);
}

#endif // REM_PLUGIN_MAILBOX_H
