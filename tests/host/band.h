// SPDX-License-Identifier: ISC

/// What the tests of OSC begin with: instances that play, a folder of models,
/// and a client

#ifndef REM_TESTS_HOST_BAND_H
#define REM_TESTS_HOST_BAND_H

#include "tests/host/client.h"
#include "tests/host/stage.h"

enum { BAND_HOSTS = 3 };

/// Three instances that play: audio-1 has a worker, audio-2 is stereo, audio-3
/// has no worker.  No model is loaded.
typedef struct {
  Stage*  stage;
  Host*   hosts[BAND_HOSTS];
  Client* client;
  char    bank[FIXTURE_PATH]; ///< A model root with five files, one of them bad
} Band;

/// Make it all; the test ends if that fails
Band*
band_open(const char* lv2_path);

/// Close the hosts that are not NULL, remove the files and free
void
band_close(Band* band);

/// Load a file of the bank by OSC and check that the client is told
void
band_load(Band* band, const char* instance, const char* file);

/// Wait until a host is told a model whose path holds `words`: it may hear of
/// it later than it sounds
void
band_expect_told(Band* band, uint32_t host, const char* words);

#endif // REM_TESTS_HOST_BAND_H
