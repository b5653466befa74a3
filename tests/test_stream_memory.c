// SPDX-License-Identifier: ISC

/// Whichever allocation fails while a stream is built, there is no stream and
/// nothing leaks; and nothing is allocated or freed while it plays

#include "dsp/denormal.h"
#include "plugin/stream.h"
#include "tests/allocations.h"
#include "tests/check.h"
#include "tests/stream.h"

#include <stdbool.h>

enum { N = 5000 };

static void
test_building(const RemModel* const model,
              const double          host,
              const uint32_t        quality)
{
  bool reached = true;
  for (long n = 0; reached; ++n) {
    const long before       = n_live;
    countdown               = n;
    RemStream* const stream = rem_stream_new(model, 2, host, quality);
    reached                 = countdown < 0;
    countdown               = -1;
    CHECK(SANITIZED || !stream == reached);
    CHECK(SANITIZED || n > 8 || reached); // The hooks are in place
    rem_stream_free(stream);
    CHECK(n_live == before);
    reached = reached && !SANITIZED;
  }
}

static void
test_playing(const RemModel* const model,
             const double          host,
             const uint32_t        quality)
{
  static float       x[2][N];
  float* const       out[2] = {x[0], x[1]};
  const float* const in[2]  = {x[0], x[1]};
  RemStream* const   stream = make_stream(model, 2, host, quality);
  const long         before = n_calls;
  for (uint32_t n = 0; n < N; n = n * 2U + 1U) {
    rem_stream_block_pair(stream, in, NULL, 0, out, n);
    rem_stream_block(stream, 1, in[0], NULL, 0, out[1], n);
    rem_stream_reset(stream, n & 1U);
    CHECK(rem_stream_is_finite(stream, 0));
  }
  CHECK(n_calls == before);
  rem_stream_free(stream);
}

int
main(void)
{
  RemModel* const model = small_model(5, 48000);
  rem_denormals_off();
  for (int h = 0; h < N_HOSTS; ++h) {
    for (uint32_t quality = 1; quality <= 4; quality *= 2) {
      test_building(model, host_rates[h], quality);
      test_playing(model, host_rates[h], quality);
    }
  }
  rem_model_free(model);
  rem_stream_free(NULL);
  return 0;
}
