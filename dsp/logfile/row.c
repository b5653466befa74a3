// SPDX-License-Identifier: ISC

#include "dsp/logfile/row.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MAX_DIGITS 18    ///< Digits that a 64-bit number always holds
#define MAX_EXPONENT 400 ///< Beyond it all is 0 or infinite
#define MAX_PLACES 12    ///< Digits behind the dot that are written
#define NUMBER_SIZE 24U  ///< A number that is written, with its zero
#define SHOWN 24         ///< Characters of a bad field in an error

RemSpan
rem_span_line(RemSpan* const text, bool* const whole)
{
  const size_t      n     = (size_t)(text->end - text->at);
  const char* const found = (const char*)memchr(text->at, '\n', n);
  const RemSpan     line  = {text->at, found ? found : text->end};
  *whole                  = found != NULL;
  text->at                = found ? found + 1 : text->end;
  return line;
}

static bool
is_blank(const char c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

RemSpan
rem_span_trim(RemSpan span)
{
  while (span.at < span.end && is_blank(*span.at)) {
    ++span.at;
  }
  while (span.at < span.end && is_blank(span.end[-1])) {
    --span.end;
  }
  return span;
}

/// Return what stands before the next comma, trimmed, and move behind that; an
/// `at` of NULL says that this was the last one
static RemSpan
next_field(RemSpan* const line)
{
  const char* const end = line->end;
  if (!line->at) {
    return (RemSpan){end, end};
  }
  const size_t      n     = (size_t)(end - line->at);
  const char* const comma = (const char*)memchr(line->at, ',', n);
  const RemSpan     field = {line->at, comma ? comma : end};
  line->at                = comma ? comma + 1 : NULL;
  return rem_span_trim(field);
}

/// A decimal number while it is read: digits * 10^exponent
typedef struct {
  uint64_t digits;
  int      n_digits; ///< In `digits`, without zeros in front
  int      exponent;
  bool     any;
} Decimal;

/// Read digits; those behind the dot lower the exponent
static void
read_digits(RemSpan* const span, Decimal* const d, const bool behind_dot)
{
  for (; span->at < span->end && *span->at >= '0' && *span->at <= '9';
       ++span->at) {
    d->any = true;
    if (d->n_digits < MAX_DIGITS) {
      d->digits = 10U * d->digits + (uint64_t)(*span->at - '0');
      d->n_digits += d->digits > 0U;
      d->exponent -= behind_dot;
    } else {
      d->exponent += !behind_dot;
    }
  }
}

/// Read what follows an e; false if it is no number
static bool
read_exponent(RemSpan* const span, int* const exponent)
{
  const bool        minus = span->at < span->end && *span->at == '-';
  int               e     = 0;
  const char* const start =
    span->at + (span->at < span->end && (minus || *span->at == '+'));
  for (span->at = start;
       span->at < span->end && *span->at >= '0' && *span->at <= '9';
       ++span->at) {
    e = e < MAX_EXPONENT ? 10 * e + (*span->at - '0') : e;
  }
  *exponent += minus ? -e : e;
  return span->at > start;
}

/// Read a whole field as a number.  Not strtod(), which follows the locale.
static bool
read_number(const RemSpan field, double* const x)
{
  RemSpan    span  = field;
  Decimal    d     = {0U, 0, 0, false};
  const bool minus = span.at < span.end && *span.at == '-';
  span.at += span.at < span.end && (minus || *span.at == '+');
  read_digits(&span, &d, false);
  if (span.at < span.end && *span.at == '.') {
    ++span.at;
    read_digits(&span, &d, true);
  }
  if (d.any && span.at < span.end && (*span.at == 'e' || *span.at == 'E')) {
    ++span.at;
    d.any = read_exponent(&span, &d.exponent);
  }
  const double scale = pow(10.0, fabs((double)d.exponent));
  const double size  = (double)d.digits;
  const double y     = !d.digits        ? 0.0
                       : d.exponent < 0 ? size / scale
                                        : size * scale;
  *x                 = minus ? -y : y;
  return d.any && span.at == span.end;
}

/// Return whether a field is a word, whatever its case
static bool
is_word(const RemSpan field, const char* const word)
{
  const size_t n = strlen(word);
  if ((size_t)(field.end - field.at) != n) {
    return false;
  }
  size_t i = 0U;
  while (i < n && (field.at[i] | 0x20) == word[i]) {
    ++i;
  }
  return i == n;
}

/// Return whether Python and C read a field as a number that is not finite
static bool
is_not_finite(const RemSpan field)
{
  RemSpan span = field;
  span.at += span.at < span.end && (*span.at == '-' || *span.at == '+');
  return is_word(span, "nan") || is_word(span, "inf") ||
         is_word(span, "infinity");
}

/// Copy a field for an error: what is not plain text becomes a question mark
static void
quote(const RemSpan field, char text[static SHOWN + 1])
{
  size_t n = 0U;
  for (; n < SHOWN && field.at + n < field.end; ++n) {
    const char c = field.at[n];
    text[n]      = c;
    if (c <= ' ' || c > '~') {
      text[n] = '?';
    }
  }
  text[n] = '\0';
}

static RemStatus
bad_field(const RemSpan     field,
          const char* const expected,
          const char* const place,
          RemError* const   error)
{
  char text[SHOWN + 1];
  quote(field, text);
  return rem_fail(error,
                  is_not_finite(field) ? REM_NOT_FINITE : REM_BAD_FORMAT,
                  place,
                  "\"%s\" is no %s",
                  text,
                  expected);
}

RemStatus
rem_log_row_read(const RemSpan     line,
                 const char* const place,
                 RemLogRow* const  row,
                 RemError* const   error)
{
  RemSpan       rest   = line;
  const RemSpan moment = next_field(&rest);
  if (!rem_log_moment_read(moment, &row->us)) {
    return bad_field(
      moment, "moment like 2019-01-17T12:00:00.079350", place, error);
  }
  const RemSpan source = next_field(&rest);
  row->source          = is_word(source, "interface") ? REM_LOG_INTERFACE
                         : is_word(source, "rnn")     ? REM_LOG_RNN
                                                      : (RemLogSource)0;
  row->n               = 0U;
  while (rest.at && row->source) {
    const RemSpan field = next_field(&rest);
    double        x     = 0.0;
    if (!read_number(field, &x)) {
      return bad_field(field, "finite number", place, error);
    }
    if (!isfinite(x)) {
      return rem_fail(
        error, REM_NOT_FINITE, place, "a value is too large for a number");
    }
    if (row->n < REM_MAX_DIMS) {
      row->x[row->n] = x;
    }
    ++row->n;
  }
  return REM_SUCCESS;
}

/// Write a number in 0..1 with as few digits as give it back; return the length
static size_t
write_number(const float x, char text[static NUMBER_SIZE])
{
  uint64_t one = 10U;
  uint64_t q   = 0U;
  int      n   = 1;
  for (; n <= MAX_PLACES; ++n, one *= 10U) {
    q = (uint64_t)llround((double)x * (double)one);
    if (n == MAX_PLACES || (float)((double)q / (double)one) == x) {
      break;
    }
  }
  return (size_t)snprintf(text,
                          NUMBER_SIZE,
                          "%u.%0*llu",
                          (unsigned)(q / one),
                          n,
                          (unsigned long long)(q % one));
}

size_t
rem_log_row_write(const int64_t      us,
                  const RemLogSource source,
                  const float* const x,
                  const uint32_t     n,
                  char               row[const REM_LOG_ROW_SIZE])
{
  static const char* const sources[] = {"", ",interface", ",rnn"};
  char* const              end       = row + REM_LOG_ROW_SIZE;
  rem_log_moment_write(us, row);
  char* at = row + strlen(row);
  at += snprintf(at, (size_t)(end - at), "%s", sources[source & 3U]);
  for (uint32_t i = 0U; i < n && i < REM_MAX_DIMS; ++i) {
    const float value = x[i] >= 0.0f ? fminf(x[i], 1.0f) : 0.0f; // NaN too
    *at++             = ',';
    at += write_number(value, at);
  }
  *at++ = '\n';
  *at   = '\0';
  return (size_t)(at - row);
}
