// SPDX-License-Identifier: ISC

#include "offline_trainer/recipe/data.h"

#include "dsp/modelfile/file.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>

#define SCRIPT                                                               \
  "# Text of fortunes to sentences and parts of speech, in three files:\n"   \
  "# perl tag.pl PREFIX MOST\n"                                              \
  "use strict;\n"                                                            \
  "use warnings;\n"                                                          \
  "use Lingua::EN::Tagger;\n"                                                \
  "\n"                                                                       \
  "my ($prefix, $most) = @ARGV;\n"                                           \
  "my @topics = qw(literature wisdom science art education people law\n"     \
  "                computers politics work food platitudes);\n"              \
  "my @paths  = map { \"/usr/share/games/fortunes/$_\" } @topics;\n"         \
  "my $tagger = Lingua::EN::Tagger->new(stem => 0);\n"                       \
  "my ($n, %seen, @files) = (0);\n"                                          \
  "for my $part (qw(test valid train)) {\n"                                  \
  "  open my $file, '>', \"$prefix-$part.tsv\" or die \"$prefix: $!\\n\";\n" \
  "  push @files, $file;\n"                                                  \
  "}\n"                                                                      \
  "\n"                                                                       \
  "sub keep {\n"                                                             \
  "  my ($words, $tags) = @_;\n"                                             \
  "  my $line = \"@$words\\t@$tags\\n\";\n"                                  \
  "  return if @$words < 4 or @$words > 30 or $seen{$line}++;\n"             \
  "  my $place = $n++ % 10;\n"                                               \
  "  print { $files[$place < 2 ? $place : 2] } $line;\n"                     \
  "}\n"                                                                      \
  "\n"                                                                       \
  "for my $path (@paths) {\n"                                                \
  "  open my $file, '<', $path or die \"$path: $!\\n\";\n"                   \
  "  local $/ = \"\\n%\\n\";\n"                                              \
  "  while (my $piece = <$file>) {\n"                                        \
  "    chomp $piece;\n"                                                      \
  "    $piece =~ s/\\s--\\s.*//s;\n"                                         \
  "    $piece =~ s/[^ -~]/ /g;\n"                                            \
  "    my (@words, @tags);\n"                                                \
  "    for (split ' ', $tagger->get_readable($piece) // '') {\n"             \
  "      my ($word, $tag) = m{^(.+)/([A-Z]+)$} or next;\n"                   \
  "      push @words, lc $word;\n"                                           \
  "      push @tags, $tag;\n"                                                \
  "      next unless $tag eq 'PP';\n"                                        \
  "      keep(\\@words, \\@tags);\n"                                         \
  "      exit 0 if $n >= $most;\n"                                           \
  "      (@words, @tags) = ();\n"                                            \
  "    }\n"                                                                  \
  "  }\n"                                                                    \
  "}\n"

extern char** environ;

/// Run perl on the script; returns its exit status, or -1 where it cannot run
static int
run_perl(char* const script, char* const prefix, const size_t most)
{
  char        count[32];
  char        perl[] = "perl";
  char* const argv[] = {perl, script, prefix, count, NULL};
  pid_t       child  = 0;
  int         status = 0;
  (void)snprintf(count, sizeof(count), "%zu", most);
  if (posix_spawnp(&child, perl, NULL, NULL, argv, environ)) {
    return -1;
  }
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      return -1;
    }
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

RemStatus
rem_data_tags(const RemDataSet* const set,
              const size_t            most,
              RemError* const         error)
{
  static const char text[] = SCRIPT;
  char              script[REM_DATA_PATH];
  char              prefix[REM_DATA_PATH];
  (void)snprintf(script, sizeof(script), "%s/tag.pl", set->folder);
  (void)snprintf(prefix, sizeof(prefix), "%s/%s", set->folder, set->name);
  const RemStatus st = rem_file_write(script, text, strlen(text), error);
  if (st) {
    return st;
  }
  return run_perl(script, prefix, most)
           ? rem_fail(error,
                      REM_NO_FILE,
                      script,
                      "cannot tag the text of fortunes: apt-get install perl "
                      "liblingua-en-tagger-perl fortunes")
           : REM_SUCCESS;
}
