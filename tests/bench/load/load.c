/*
 * The benchmark's FTP client: one small program for every server.
 *
 *   load make FILE BYTES           write BYTES of the pattern to FILE
 *   load check FILE BYTES          compare FILE with the pattern
 *   load parallel PORT retr|stor NAME BYTES COUNT   COUNT transfers at a time
 *   load small PORT retr|stor FOLDER FILES SESSIONS SECONDS   files of 1 KiB
 *   load make-small FOLDER FILES   write them
 *   load check-small FOLDER FILES  compare them
 *   load slow PORT retr|stor NAME COUNT...   transfers that hardly move
 *   load login PORT COUNT THREADS SECONDS   connect, USER, PASS, QUIT
 *   load hold PORT                 take orders on stdin: see hold.h
 *   load entries FOLDER COUNT      make a folder to be listed
 *   load start PORT PROGRAM [WORD ...]   a server, from its start to its greeting
 *   load ceiling BYTES [PEM]       this program alone: from memory to nowhere
 *   load run PROGRAM [WORD ...]    another client, from its start to its end
 *
 * `verify` behind `parallel` and `small` compares each byte. With `load tls` in
 * the place of `load` sessions begin with AUTH TLS, data connections resume
 * them, and PEM is a file with a certificate and its key.
 *
 * Speaks to 127.0.0.1 only, as anonymous, in binary and passive mode. Prints
 * numbers, the seconds that counted first; `run` also the seconds of processor
 * time and the most bytes that were in memory. Every socket waits at most 30
 * seconds and the whole program at most two minutes.
 */
#include "base.h"
#include "session.h"
#include "transfer.h"
#include "ceiling.h"
#include "stage.h"
#include "parallel.h"
#include "small.h"
#include "slow.h"
#include "login.h"
#include "hold.h"
#include "child.h"

enum { LIFETIME = 120 /* seconds, for the whole program */ };

/* ---- the verbs ---- */

static int verb_make(int count, char **words) {
  (void)count;
  make(words[0], strtoull(words[1], NULL, 10));
  return 0;
}

static int verb_check(int count, char **words) {
  (void)count;
  check(words[0], strtoull(words[1], NULL, 10));
  return 0;
}

static int verb_ceiling(int count, char **words) {
  printf("%.6f\n", ceiling(strtoull(words[0], NULL, 10), count > 1 ? words[1] : NULL));
  return 0;
}

static const struct verb {
  const char *name;
  int least; /* words behind it */
  int (*act)(int count, char **words);
} verbs[] = {
    {"make", 2, verb_make},
    {"check", 2, verb_check},
    {"parallel", 5, verb_parallel},
    {"small", 6, verb_small},
    {"make-small", 2, verb_make_small},
    {"check-small", 2, verb_check_small},
    {"slow", 4, verb_slow},
    {"login", 4, verb_login},
    {"hold", 1, verb_hold},
    {"entries", 2, verb_entries},
    {"start", 2, verb_start},
    {"ceiling", 1, verb_ceiling},
    {"run", 1, verb_run},
};

int main(int count, char **words) {
  secure = count > 1 && !strcmp(words[1], "tls");
  if (secure) {
    tls_set_up();
    count--, words++;
  }
  alarm(LIFETIME);
  for (size_t i = 0; count > 1 && i < sizeof verbs / sizeof *verbs; i++) {
    const struct verb *verb = &verbs[i];
    if (strcmp(words[1], verb->name) || count - 2 < verb->least) continue;
    return verb->act(count - 2, words + 2);
  }
  die("unknown words; the head of load.c lists the right ones");
}
