// SPDX-License-Identifier: ISC

#include "offline_trainer/bench/reference.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define REAL double
#define EXP exp
#define TANH tanh
#define LAYER reference_layer
#define STEP rem_reference_step
#include "offline_trainer/bench/reference_body.h"
#undef REAL
#undef EXP
#undef TANH
#undef LAYER
#undef STEP

#define REAL float
#define EXP expf
#define TANH tanhf
#define LAYER plain_layer
#define STEP rem_plain_step
#include "offline_trainer/bench/reference_body.h"
