// SPDX-License-Identifier: ISC

/// Which frames of a curve are events

#include "dsp/peaks.h"
#include "tests/check.h"

#include <string.h>

/// Write the curve's events as digits of strength, one frame late: '.' is none
static void
check_events(const RemPeakRule rule, const char* const curve, const char* want)
{
  RemPeaks peaks     = {.last = 0.0f};
  char     found[64] = "";
  for (size_t i = 0U; curve[i]; ++i) {
    const float x = rem_peaks_next(&peaks, &rule, (float)(curve[i] - '0'));
    found[i]      = ".123456789"[(size_t)x];
  }
  if (strcmp(found, want) != 0) {
    fprintf(stderr, "%s has %s, not %s\n", curve, found, want);
  }
  CHECK(!strcmp(found, want));
}

int
main(void)
{
  const RemPeakRule five  = {5.0f, 0U};
  const RemPeakRule apart = {5.0f, 3U};
  const RemPeakRule any   = {0.0f, 0U};
  check_events(five, "0151410", "...5...");
  check_events(five, "0777000", "..7...."); // The first of equals
  check_events(five, "7000000", ".7....."); // At the very beginning
  check_events(five, "0567650", "....7.."); // Only the top
  check_events(five, "0606060", "..6.6.6");
  check_events(apart, "0606060600", "..6...6...");
  check_events(apart, "0600600600", "..6..6..6.");
  check_events(any, "00010000", "....1..."); // Nothing is no event
  return 0;
}
