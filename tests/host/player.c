// SPDX-License-Identifier: ISC

#include "tests/host/player.h"

#include <string.h>

#define NONE 128U ///< No note

Player
player_new(const Performance* const performance,
           const TapeMapping* const mapping)
{
  Player player = {performance, mapping, 0U, {0U}};
  memset(player.held, NONE, sizeof(player.held));
  return player;
}

/// Send what moves one fader, in the next block
static void
send_move(Player* const                player,
          Host* const                  host,
          const uint32_t               frame,
          const PerformanceMove* const move)
{
  const TapeEntry* const e = &player->mapping->entries[move->dim];
  if (e->kind == 'c') {
    const uint8_t value = e->turned ? 127U - move->value : move->value;
    host_send_midi(host, frame, 0xB0U | e->channel, e->number, value);
    return;
  }
  const bool     notes = e->kind == 'n';
  const uint8_t  key   = notes ? move->value : e->number;
  const uint8_t  hard  = notes ? 90U : move->value;
  uint8_t* const held  = &player->held[move->dim];
  if (*held != NONE || !hard) {
    const uint8_t ends = *held != NONE ? *held : key;
    host_send_midi(host, frame, 0x80U | e->channel, ends, 64U);
  }
  *held = hard ? key : NONE;
  if (hard) {
    host_send_midi(host, frame, 0x90U | e->channel, key, hard);
  }
}

void
player_play(Player* const  player,
            Host* const    host,
            const uint32_t n,
            Tape* const    tape)
{
  const Performance* const p = player->performance;
  for (; player->next < p->n && p->moves[player->next].at < host->now + n;
       ++player->next) {
    const PerformanceMove* const move = &p->moves[player->next];
    send_move(player, host, (uint32_t)(move->at - host->now), move);
  }
  host_step(host, n);
  for (uint32_t i = 0U; i < host->n_midi; ++i) {
    tape_record(tape, host->midi[i]);
  }
  host->n_midi = 0U;
}
