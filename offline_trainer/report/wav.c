// SPDX-License-Identifier: ISC

#include "offline_trainer/report/wav.h"

#include <math.h>

#define FORMAT_PCM 1U

static void
add_u16(RemText* const text, const uint32_t value)
{
  const unsigned char bytes[2] = {value & 255U, value >> 8U & 255U};
  rem_text_add_bytes(text, bytes, sizeof(bytes));
}

static void
add_u32(RemText* const text, const uint32_t value)
{
  add_u16(text, value & 65535U);
  add_u16(text, value >> 16U);
}

/// Append the RIFF header of `n` mono samples of 16 bits.
/// Source: Microsoft and IBM 1991, Multimedia Programming Interface 1.0.
static void
add_header(RemText* const text, const uint32_t n, const uint32_t rate)
{
  rem_text_add(text, "RIFF");
  add_u32(text, 36U + 2U * n);
  rem_text_add(text, "WAVEfmt ");
  add_u32(text, 16U); // Bytes of what follows, up to "data"
  add_u16(text, FORMAT_PCM);
  add_u16(text, 1U); // Channel
  add_u32(text, rate);
  add_u32(text, 2U * rate); // Bytes a second
  add_u16(text, 2U);        // Bytes a frame
  add_u16(text, 16U);       // Bits a sample
  rem_text_add(text, "data");
  add_u32(text, 2U * n);
}

void
rem_wav_base64(RemText* const     text,
               const float* const samples,
               const size_t       n,
               const uint32_t     rate,
               const double       gain,
               const size_t       n_fade)
{
  RemText wav = {NULL, 0U, 0U, false};
  add_header(&wav, (uint32_t)n, rate);
  for (size_t t = 0; t < n; ++t) {
    const double edge = (double)(t < n - 1U - t ? t : n - 1U - t);
    const double fade = n_fade ? fmin(1.0, edge / (double)n_fade) : 1.0;
    const double x    = fmax(-1.0, fmin(1.0, fade * gain * (double)samples[t]));
    add_u16(&wav, (uint32_t)((int32_t)lrint(32767.0 * x) & 65535));
  }
  rem_markup_base64(text, wav.bytes, wav.size);
  text->failed = text->failed || wav.failed;
  rem_markup_clear(&wav);
}
