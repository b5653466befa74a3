// SPDX-License-Identifier: ISC

/// The look of the page.  Nothing in it is loaded from elsewhere, and the
/// policy forbids it.

#ifndef REM_OFFLINE_TRAINER_REPORT_PAGE_STYLE_H
#define REM_OFFLINE_TRAINER_REPORT_PAGE_STYLE_H

#define REM_PAGE_HEAD                                                          \
  "<!doctype html>\n"                                                          \
  "<html lang=\"en\">\n"                                                       \
  "<head>\n"                                                                   \
  "<meta charset=\"utf-8\">\n"                                                 \
  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" \
  "<meta name=\"color-scheme\" content=\"light dark\">\n"                      \
  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src"         \
  " 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'\">\n"

#define REM_PAGE_STYLE                                                       \
  "<style>\n"                                                                \
  ":root { --page: #f4f5f7; --paper: #ffffff; --ink: #292e36;\n"             \
  "  --soft: #5b6470; --line: #e0e3e8; --key: #0066a6 }\n"                   \
  "@media (prefers-color-scheme: dark) { :root { --page: #0f1115;\n"         \
  "  --paper: #171a1f; --ink: #e3e6ea; --soft: #9aa4b1;\n"                   \
  "  --line: #2b313a; --key: #57b3e8 } }\n"                                  \
  "* { box-sizing: border-box }\n"                                           \
  "body { margin: 0; background: var(--page); color: var(--ink);\n"          \
  "  font: 16px/1.55 system-ui, sans-serif }\n"                              \
  "main { max-width: 940px; margin: 0 auto; padding: 28px 16px 48px }\n"     \
  "h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .3em }\n"          \
  "h2 { font-size: 1.1rem; margin: 0 0 .2em }\n"                             \
  "p { margin: .2em 0 .8em }\n"                                              \
  ".soft, figcaption, td:last-child { color: var(--soft) }\n"                \
  "header, section { overflow-wrap: break-word }\n"                          \
  "section { background: var(--paper); border: 1px solid var(--line);\n"     \
  "  border-radius: 12px; padding: 18px 20px; margin-top: 18px }\n"          \
  ".big { display: flex; align-items: baseline; flex-wrap: wrap;\n"          \
  "  column-gap: .6em; margin-bottom: .4em }\n"                              \
  ".big strong { font-size: 2.6rem; line-height: 1.1; color: var(--key) }\n" \
  "table { border-collapse: collapse; width: 100%; font-size: .94rem }\n"    \
  "th, td { text-align: left; vertical-align: top; font-weight: 400;\n"      \
  "  padding: 6px 12px 6px 0; border-top: 1px solid var(--line) }\n"         \
  "thead th { border-top: 0; color: var(--soft) }\n"                         \
  ".n { text-align: right; white-space: nowrap;\n"                           \
  "  font-variant-numeric: tabular-nums }\n"                                 \
  "figure { margin: 14px 0 0 }\n"                                            \
  "figure img { display: block; width: 100%; height: auto }\n"               \
  "figcaption { font-size: .9rem }\n"                                        \
  ".listen { display: grid; gap: 10px 20px;\n"                               \
  "  grid-template-columns: repeat(auto-fit, minmax(340px, 1fr)) }\n"        \
  ".listen audio { display: block; width: 100%; height: 40px }\n"            \
  "details { margin-top: 12px } summary { cursor: pointer }\n"               \
  "footer { margin-top: 18px; font-size: .85rem; color: var(--soft) }\n"     \
  "@media (max-width: 600px) { section { padding: 14px 12px }\n"             \
  "  main { padding: 18px 8px 32px } header { padding: 0 8px }\n"            \
  "  .listen { grid-template-columns: 1fr } }\n"                             \
  "</style>\n"

#endif // REM_OFFLINE_TRAINER_REPORT_PAGE_STYLE_H
