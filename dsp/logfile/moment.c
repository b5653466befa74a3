// SPDX-License-Identifier: ISC

/// Moments as ISO 8601 has them

#include "dsp/logfile/row.h"

#include <stdio.h>

#define US 1000000
#define US_DAY (86400LL * US)

int64_t
rem_log_moment(const int      year,
               const unsigned month,
               const unsigned day,
               const int64_t  us_of_day)
{
  // Years begin in March here, so that a leap day is the last one; 400 of them
  // have 146097 days, and 719468 lie between 1 March 0 and 1970
  const int64_t y    = (int64_t)year - (month < 3U);
  const int64_t era  = (y >= 0 ? y : y - 399) / 400;
  const int64_t yoe  = y - era * 400;
  const int64_t doy  = (153 * (int64_t)((month + 9U) % 12U) + 2) / 5 + day - 1;
  const int64_t doe  = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  const int64_t days = era * 146097 + doe - 719468;
  return days * US_DAY + us_of_day;
}

/// Read exactly `n` digits and move behind them
static bool
read_digits(RemSpan* const span, const unsigned n, unsigned* const value)
{
  *value = 0U;
  for (unsigned i = 0U; i < n; ++i) {
    if (span->at == span->end || *span->at < '0' || *span->at > '9') {
      return false;
    }
    *value = 10U * *value + (unsigned)(*span->at++ - '0');
  }
  return true;
}

/// Move behind a character if it is the next one
static bool
skip(RemSpan* const span, const char c)
{
  const bool is_there = span->at < span->end && *span->at == c;
  span->at += is_there;
  return is_there;
}

static unsigned
days_of(const unsigned year, const unsigned month)
{
  static const unsigned char days[] = {
    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = !(year % 4U) && (year % 100U || !(year % 400U));
  return month == 2U && leap ? 29U : days[month - 1U];
}

static bool
read_date(RemSpan* const span, int64_t* const us)
{
  unsigned   year    = 0U;
  unsigned   month   = 0U;
  unsigned   day     = 0U;
  const bool is_date = read_digits(span, 4U, &year) && skip(span, '-') &&
                       read_digits(span, 2U, &month) && skip(span, '-') &&
                       read_digits(span, 2U, &day);
  if (!is_date || month < 1U || month > 12U || day < 1U ||
      day > days_of(year, month)) {
    return false;
  }
  *us = rem_log_moment((int)year, month, day, 0);
  return true;
}

/// Read digits of a fraction as microseconds, rounded
static bool
read_fraction(RemSpan* const span, int64_t* const us)
{
  int64_t           unit  = US;
  const char* const start = span->at;
  for (; span->at < span->end && *span->at >= '0' && *span->at <= '9';
       ++span->at) {
    const int64_t digit = *span->at - '0';
    if (unit > 1) {
      unit /= 10;
      *us += digit * unit;
    } else if (unit == 1) {
      *us += digit >= 5;
      unit = 0;
    }
  }
  return span->at > start;
}

/// Read HH:MM[:SS[.f]]
static bool
read_time(RemSpan* const span, int64_t* const us)
{
  unsigned hour   = 0U;
  unsigned minute = 0U;
  unsigned second = 0U;
  int64_t  rest   = 0;
  if (!read_digits(span, 2U, &hour) || !skip(span, ':') ||
      !read_digits(span, 2U, &minute)) {
    return false;
  }
  if (skip(span, ':') && (!read_digits(span, 2U, &second) ||
                          (skip(span, '.') && !read_fraction(span, &rest)))) {
    return false;
  }
  *us = (int64_t)(hour * 3600U + minute * 60U + second) * US + rest;
  return hour < 24U && minute < 60U && second < 60U;
}

/// Read Z, +HH:MM, +HHMM, +HH or nothing
static bool
read_zone(RemSpan* const span, int64_t* const us)
{
  unsigned hour   = 0U;
  unsigned minute = 0U;
  *us             = 0;
  if (span->at == span->end || skip(span, 'Z')) {
    return true;
  }
  const bool east = *span->at == '+';
  if ((!skip(span, '+') && !skip(span, '-')) || !read_digits(span, 2U, &hour)) {
    return false;
  }
  if (span->at < span->end) {
    (void)skip(span, ':');
    if (!read_digits(span, 2U, &minute)) {
      return false;
    }
  }
  *us = (int64_t)(hour * 3600U + minute * 60U) * (east ? US : -US);
  return hour < 24U && minute < 60U;
}

bool
rem_log_moment_read(const RemSpan span, int64_t* const us)
{
  RemSpan rest = span;
  int64_t date = 0;
  int64_t time = 0;
  int64_t zone = 0;
  if (!read_date(&rest, &date) || (!skip(&rest, 'T') && !skip(&rest, ' ')) ||
      !read_time(&rest, &time) || !read_zone(&rest, &zone)) {
    return false;
  }
  *us = date + time - zone;
  return rest.at == rest.end;
}

void
rem_log_moment_write(const int64_t us, char text[static 32])
{
  const int64_t  day  = (us >= 0 ? us : us - US_DAY + 1) / US_DAY;
  const int64_t  rest = us - day * US_DAY;
  const int64_t  d    = day + 719468;
  const int64_t  era  = (d >= 0 ? d : d - 146096) / 146097;
  const int64_t  doe  = d - era * 146097;
  const int64_t  yoe  = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const int64_t  doy  = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const int64_t  m    = (5 * doy + 2) / 153;
  const unsigned mon  = (unsigned)(m < 10 ? m + 3 : m - 9);
  const int64_t  year = yoe + era * 400 + (mon < 3U);
  (void)snprintf(text,
                 32U,
                 "%04u-%02u-%02uT%02u:%02u:%02u.%06u",
                 (unsigned)year % 10000U,
                 mon % 100U,
                 (unsigned)(doy - (153 * m + 2) / 5 + 1) % 100U,
                 (unsigned)(rest / US / 3600) % 100U,
                 (unsigned)(rest / US / 60 % 60),
                 (unsigned)(rest / US % 60),
                 (unsigned)(rest % US));
}
