// SPDX-License-Identifier: ISC

/// One self-contained HTML page about a training run

#ifndef REM_OFFLINE_TRAINER_REPORT_REPORT_H
#define REM_OFFLINE_TRAINER_REPORT_REPORT_H

#include "dsp/status.h"
#include "offline_trainer/evaluate.h"

#include <stddef.h>
#include <stdint.h>

/// One validation during training
typedef struct {
  double   seconds; ///< Of training so far
  uint32_t epoch;
  double   train_loss;
  double   figure; ///< That validation gave
} RemHistoryPoint;

/// What the page shows; nothing is owned
typedef struct {
  const char*            title;
  const char*            subtitle; ///< Net, data and command in one line
  size_t                 n_history;
  const RemHistoryPoint* history; ///< [n_history]
  double                 rate;    ///< Hz
  size_t                 n;
  const float*           input;      ///< [n] held-out stretch
  const float*           target;     ///< [n]
  const float*           prediction; ///< [n]
  RemFigures             figures;
} RemReport;

/// Write `dir`/report.html (and make `dir`): loss curve, target and prediction
/// overlaid, their spectrograms and the difference's, the figures, and audio
/// to hear all three.  No other file is needed to look at it.  The picture of
/// rem_report_picture() goes to `dir`/report.png.
RemStatus
rem_report_write(const RemReport* report, const char* dir, RemError* error);

/// Write one PNG for people who only glance: loss curve, target and prediction
/// overlaid, and spectrograms, on white
RemStatus
rem_report_picture(const RemReport* report, const char* path, RemError* error);

#endif // REM_OFFLINE_TRAINER_REPORT_REPORT_H
