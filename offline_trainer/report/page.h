// SPDX-License-Identifier: ISC

/// The HTML of a report

#ifndef REM_OFFLINE_TRAINER_REPORT_PAGE_H
#define REM_OFFLINE_TRAINER_REPORT_PAGE_H

#include "offline_trainer/report/markup.h"
#include "offline_trainer/report/report.h"

/// Append the whole page.  Out of memory shows in `text->failed`.
void
rem_page(RemText* text, const RemReport* report);

#endif // REM_OFFLINE_TRAINER_REPORT_PAGE_H
