// SPDX-License-Identifier: ISC

/// The other threads' half of a mailbox; mailbox.h has the audio thread's

#include "plugin/mailbox.h"

#include <stddef.h>

void
rem_mailbox_collect(RemMailbox* const box)
{
  RemNode* node = rem_bin_take(&box->retired);
  while (node) {
    RemNode* const next = node->next;
    box->discard(node); // The first member of an entry
    node = next;
  }
}

void
rem_mailbox_clear(RemMailbox* const box)
{
  RemEntry* const incoming = atomic_exchange(&box->incoming, NULL);
  rem_mailbox_collect(box);
  if (incoming) {
    box->discard(incoming);
  }
}

uint32_t
rem_mailbox_offer(RemMailbox* const box, RemEntry* const entry)
{
  const uint32_t number = ++box->n_offered;
  entry->number         = number;
  rem_mailbox_collect(box);

  RemEntry* const old = atomic_exchange(&box->incoming, entry);
  if (old) {
    atomic_store(&box->replaced[old->number % REM_MAILBOX_REPLACED],
                 old->number);
    box->discard(old);
  }
  return number;
}

bool
rem_mailbox_was_replaced(const RemMailbox* const box, const uint32_t number)
{
  return atomic_load(&box->replaced[number % REM_MAILBOX_REPLACED]) == number;
}
