// SPDX-License-Identifier: ISC

#include "offline_trainer/report/markup.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FORMATTED 1024U
#define PADDING 64U ///< Place of '=' in base64's digits

void
rem_markup_clear(RemText* const text)
{
  free(text->bytes);
  *text = (RemText){NULL, 0U, 0U, false};
}

void
rem_markup_format(RemText* const text, const char* const format, ...)
{
  char    formatted[MAX_FORMATTED];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(formatted, sizeof(formatted), format, args);
  va_end(args);
  rem_text_add(text, formatted);
}

/// Return what stands for `c` in HTML, or NULL if it may stand for itself
static const char*
entity(const char c)
{
  switch (c) {
  case '&':
    return "&amp;";
  case '<':
    return "&lt;";
  case '>':
    return "&gt;";
  case '"':
    return "&quot;";
  default:
    return NULL;
  }
}

void
rem_markup_escaped(RemText* const text, const char* const string)
{
  for (const char* c = string; *c; ++c) {
    const char* const name = entity(*c);
    rem_text_add_bytes(text, name ? name : c, name ? strlen(name) : 1U);
  }
}

void
rem_markup_base64(RemText* const    text,
                  const void* const bytes,
                  const size_t      size)
{
  static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
  const uint8_t* const in = (const uint8_t*)bytes;
  for (size_t i = 0; i < size; i += 3U) {
    const size_t   left = size - i;
    const uint32_t a = in[i], b = left > 1U ? in[i + 1U] : 0U;
    const uint32_t c       = left > 2U ? in[i + 2U] : 0U;
    const uint32_t bits    = a << 16U | b << 8U | c;
    const char     four[4] = {digits[bits >> 18U],
                              digits[bits >> 12U & 63U],
                              digits[left > 1U ? bits >> 6U & 63U : PADDING],
                              digits[left > 2U ? bits & 63U : PADDING]};
    rem_text_add_bytes(text, four, sizeof(four));
  }
}
