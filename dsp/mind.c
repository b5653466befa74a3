// SPDX-License-Identifier: ISC

#include "dsp/mind.h"

#include "dsp/mind_internal.h"

#include <math.h>
#include <string.h>

REM_RT bool
rem_mind_answers(const RemMind* const mind)
{
  return mind->decoder;
}

REM_RT const float*
rem_mind_logits(const RemMind* const mind)
{
  return mind->y;
}

REM_RT uint32_t
rem_mind_n_failures(const RemMind* const mind)
{
  return mind->decoder ? rem_decoder_n_failures(mind->decoder)
                       : mind->n_failures;
}

/// Return whether the net still makes sense
REM_RT static bool
is_sane(const RemMind* const mind)
{
  for (uint32_t k = 0U; k < REM_N_TOKENS; ++k) {
    if (!isfinite(mind->y[k])) {
      return false;
    }
  }
  return rem_net_state_is_finite(mind->net, mind->state);
}

/// Let a net that goes on take a step
REM_RT static void
go_on(RemMind* const mind, const float token)
{
  rem_net_block(mind->net, mind->state, &token, mind->y, 1U);
  if (!is_sane(mind)) {
    rem_net_state_set(mind->net, mind->state, mind->rest);
    memset(mind->y, 0, sizeof(mind->y));
    ++mind->n_failures;
  }
}

REM_RT void
rem_mind_hear(RemMind* const mind, const uint32_t token)
{
  const float x = (float)token;
  if (mind->decoder) {
    rem_decoder_hear(mind->decoder, &x);
  } else {
    go_on(mind, x);
  }
}

REM_RT void
rem_mind_say(RemMind* const mind, const uint32_t token)
{
  const float x = (float)token;
  if (mind->decoder) {
    memcpy(mind->y, rem_decoder_step(mind->decoder, &x), sizeof(mind->y));
  } else {
    go_on(mind, x);
  }
}

REM_RT void
rem_mind_reset(RemMind* const mind)
{
  if (mind->decoder) {
    rem_decoder_reset(mind->decoder);
  } else {
    rem_net_state_set(mind->net, mind->state, mind->rest);
    go_on(mind, (float)REM_TOKEN_START);
  }
}

REM_RT void
rem_mind_begin(RemMind* const mind)
{
  if (mind->decoder) {
    rem_decoder_begin(mind->decoder);
    rem_mind_say(mind, REM_TOKEN_START);
  }
}
