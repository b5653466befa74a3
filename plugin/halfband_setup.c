// SPDX-License-Identifier: ISC

/// The design of half-band filters; names as in the closed form of de Soras'
/// HIIR 1.x, after Valenzuela and Constantinides 1983: k the selectivity of the
/// elliptic prototype, q its nome.

#include "plugin/halfband.h"

#include <math.h>

#define PI 3.14159265358979323846

typedef struct {
  double k;
  double q;
} Prototype;

static Prototype
prototype(const double transition)
{
  const double    t  = tan((1.0 - 4.0 * transition) * PI / 4.0);
  const double    k  = t * t;
  const double    kk = pow(1.0 - k * k, 0.25);
  const double    e  = 0.5 * (1.0 - kk) / (1.0 + kk);
  const double    e4 = e * e * e * e;
  const Prototype p  = {k, e * (1.0 + e4 * (2.0 + e4 * (15.0 + 150.0 * e4)))};
  return p;
}

/// Return the number of sections that reach an attenuation, rounded up to fill
/// both chains alike
static uint32_t
count(const Prototype p, const double attenuation_db)
{
  const double power = pow(10.0, -0.1 * attenuation_db);
  const double ratio = power / (1.0 - power);
  const double order = log(ratio * ratio / 16.0) / log(p.q);
  const double pairs = fmax(1.0, ceil((order - 1.0) / 4.0));
  return (uint32_t)fmin(2.0 * pairs, (double)REM_HALFBAND_MAX);
}

/// Return a theta function's series, of sines over odd or cosines over even
static double
series(const double q, const double angle, const bool odd)
{
  double sum = 0.0, term = 1.0, sign = 1.0;
  for (int i = odd ? 0 : 1; fabs(term) > 1e-100; ++i) {
    term = odd ? pow(q, i * (i + 1)) : pow(q, i * i);
    sign = i % 2 ? -1.0 : 1.0;
    sum += sign * term * (odd ? sin((2 * i + 1) * angle) : cos(2 * i * angle));
  }
  return sum;
}

static double
section(const Prototype p, const double angle)
{
  const double num = series(p.q, angle, true) * pow(p.q, 0.25);
  const double den = series(p.q, angle, false) + 0.5;
  const double ww  = (num / den) * (num / den);
  const double x   = sqrt((1.0 - ww * p.k) * (1.0 - ww / p.k)) / (1.0 + ww);
  return (1.0 - x) / (1.0 + x);
}

RemHalfband
rem_halfband_design(const double transition, const double attenuation_db)
{
  const Prototype p      = prototype(transition);
  RemHalfband     filter = {count(p, attenuation_db), {0.0f}};

  for (uint32_t i = 0U; i < filter.n; ++i) {
    const double angle = PI * (i + 1U) / (2.0 * filter.n + 1.0);
    filter.a[i]        = (float)section(p, angle);
  }
  return filter;
}

/// A section delays 0 Hz by (1 - a) / (1 + a).  One way is half the sum of both
/// chains, the other too, and the half sample that the second chain lags behind
/// on the way up is what it leads by on the way down.
double
rem_halfband_delay(const RemHalfband* const filter)
{
  double delay = 0.0;
  for (uint32_t i = 0U; i < filter->n; ++i) {
    const double a = (double)filter->a[i];
    delay += (1.0 - a) / (1.0 + a);
  }
  return delay;
}
