// SPDX-License-Identifier: ISC

#include "offline_trainer/baseline/sets.h"

#include <stdlib.h>
#include <string.h>

/// Arrays that are being filled
typedef struct {
  size_t* begins;
  float*  x;
  float*  targets;
} Arrays;

/// Make room for `rows`; false without memory, with `set` to be cleared
static bool
make_room(const RemFrameSet* const shape,
          const size_t             rows,
          RemFrameSet* const       set,
          Arrays* const            out)
{
  out->begins  = (size_t*)calloc(shape->n_pieces + 1U, sizeof(size_t));
  out->x       = (float*)calloc(rows * shape->n_in + 1U, sizeof(float));
  out->targets = (float*)calloc(rows * shape->n_targets + 1U, sizeof(float));
  *set         = *shape;
  set->begins  = out->begins;
  set->x       = out->x;
  set->targets = out->targets;
  return out->begins && out->x && out->targets;
}

bool
rem_token_frames(const RemTokens* const tokens,
                 const size_t           most,
                 RemFrameSet* const     out)
{
  const uint32_t    n     = tokens->symbols->n;
  const size_t      all   = rem_tokens_n_foretold(tokens);
  const size_t      rows  = all < most ? all : most;
  const RemFrameSet shape = {n, n, 1U, tokens->n_pieces, NULL, NULL, NULL};
  Arrays            to;
  size_t            row  = 0U;
  const bool        made = make_room(&shape, rows, out, &to);
  for (size_t p = 0U; made && p < tokens->n_pieces; ++p) {
    const size_t end = tokens->begins[p + 1U];
    for (size_t t = tokens->begins[p]; t + 1U < end && row < rows; ++t) {
      to.x[row * n + tokens->all[t]] = 1.0f;
      to.targets[row++]              = (float)tokens->all[t + 1U];
    }
    to.begins[p + 1U] = row;
  }
  return made;
}

bool
rem_clip_frames(const RemClips* const clips, RemFrameSet* const out)
{
  const uint32_t    n_in  = clips->spectra.n_bands;
  const uint32_t    n_out = rem_clips_n_out(clips);
  const RemFrameSet shape = {n_in, n_out, n_out, clips->n, NULL, NULL, NULL};
  Arrays            to;
  size_t            row = 0U;
  const bool made = make_room(&shape, rem_clips_n_frames(clips), out, &to);
  for (size_t i = 0U; made && i < clips->n; ++i) {
    const RemClip* const clip = &clips->clips[i];
    memcpy(
      to.x + row * n_in, clip->frames, clip->n * n_in * sizeof(*clip->frames));
    memcpy(to.targets + row * n_out,
           clip->targets,
           clip->n * n_out * sizeof(*clip->targets));
    row += clip->n;
    to.begins[i + 1U] = row;
  }
  return made;
}
