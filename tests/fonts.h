// SPDX-License-Identifier: ISC

/// Letters drawn by cairo leave something behind

#ifndef REM_TESTS_FONTS_H
#define REM_TESTS_FONTS_H

#include <cairo.h>

#include <dlfcn.h>
#include <stddef.h>

/// Free what cairo and fontconfig keep for the next picture: AddressSanitizer
/// calls it a leak
static inline void
free_fonts(void)
{
  void (*finish)(void) = NULL;
  cairo_debug_reset_static_data();
  void* const all  = dlopen(NULL, RTLD_LAZY);
  *(void**)&finish = all ? dlsym(all, "FcFini") : NULL; // As POSIX writes it
  if (finish) {
    finish();
  }
  if (all) {
    (void)dlclose(all);
  }
}

#endif // REM_TESTS_FONTS_H
