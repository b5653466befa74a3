// SPDX-License-Identifier: ISC

#include "offline_trainer/bench/reference.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define REAL double
#define EXP exp
#define TANH tanh
#define R(name) rem_reference_##name
#include "offline_trainer/bench/reference_body.h"
#undef REAL
#undef EXP
#undef TANH
#undef R

#define REAL float
#define EXP expf
#define TANH tanhf
#define R(name) rem_plain_##name
#include "offline_trainer/bench/reference_body.h"
