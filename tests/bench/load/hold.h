/*
 * Sessions that stand while orders come on stdin, one a line, each answered
 * with a line of numbers:
 *
 *   grow COUNT             log in until COUNT sessions stand: seconds it took
 *   busy COUNT NAME BYTES  COUNT sessions download NAME for ever: seconds
 *   ping MOST SECONDS      round trip of NOOP: percentiles
 *   greet MOST SECONDS     connect to first byte: percentiles
 *   list VERB PATH         a listing in the first session: see `list`
 *
 * When stdin ends, every session must still answer a NOOP.
 */
#include "listing.h"
#include "probe.h"

enum { MOST_HELD = 10000 };

static struct session *held[MOST_HELD];
static int holding;

static double grow(int port, int wanted) {
  double start = now();
  if (wanted > MOST_HELD) die("at most %d sessions", MOST_HELD);
  for (; holding < wanted; holding++) {
    held[holding] = room(sizeof **held);
    open_session(held[holding], port);
  }
  return now() - start;
}

struct drain {
  struct session session;
  char name[256];
  uint64_t size;
};

static void *run_drain(void *argument) {
  struct drain *drain = argument;
  uint8_t *block = room(SMALL_BLOCK);
  for (;;) {
    download(&drain->session, drain->name, drain->size, block, SMALL_BLOCK, 0);
  }
  return NULL;
}

static double make_busy(int port, int count, const char *name, uint64_t size) {
  double start = now();
  while (count-- > 0) {
    pthread_t thread;
    char line[4096];
    struct drain *drain = room(sizeof *drain);
    drain->size = size;
    snprintf(drain->name, sizeof drain->name, "%s", name);
    open_session(&drain->session, port);
    command(&drain->session, 200, line, "TYPE I\r\n");
    if (pthread_create(&thread, NULL, run_drain, drain)) die("no thread");
  }
  return now() - start;
}

static void obey(int port, const char *order) {
  char verb[16], word[256];
  int count;
  unsigned long long size;
  double seconds;
  if (sscanf(order, "grow %d", &count) == 1) {
    printf("%.9f\n", grow(port, count));
  } else if (sscanf(order, "busy %d %255s %llu", &count, word, &size) == 3) {
    printf("%.9f\n", make_busy(port, count, word, size));
  } else if (sscanf(order, "ping %d %lf", &count, &seconds) == 2) {
    probe_command(port, count, seconds);
  } else if (sscanf(order, "greet %d %lf", &count, &seconds) == 2) {
    probe_greeting(port, count, seconds);
  } else if (holding && sscanf(order, "list %15s %255s", verb, word) == 2) {
    list(held[0], verb, word);
  } else {
    die("no such order: %s", order);
  }
  fflush(stdout);
}

/* PORT: takes orders until stdin ends. */
static int verb_hold(int count, char **words) {
  char order[512], line[4096];
  (void)count;
  while (next_line(order, sizeof order)) obey(atoi(words[0]), order);
  for (int i = 0; i < holding; i++) command(held[i], 200, line, "NOOP\r\n");
  return 0;
}
