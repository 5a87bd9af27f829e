/* What every part of the echo load generator uses: the plan, the tally, the
 * pattern of a message, sockets. */
#include "base.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum {
  MOST_SAMPLES = 1 << 22,
  MOST_LANES = 4096,
  SHIFTS = 4096 /* how many different messages of one size there are */
};

static const double WARM_UP = 0.15;   /* seconds before it counts */
static const double PATIENCE = 5;     /* seconds a TCP answer may take */
static const double LOST_AFTER = 0.25; /* seconds a UDP answer may take */

/* What is to be done. A lane is a TCP connection, or a place in the window of
 * datagrams under way; each has one message under way at most. */
struct plan {
  int port;
  int lanes;
  size_t size;
  double seconds;
  double rate; /* messages a second for all lanes, 0: as many as possible */
  int verify;  /* compare every byte, not only their number */
};

/* What happened. */
struct tally {
  uint64_t messages; /* all that came back, also during the warm-up */
  uint64_t lost, stray;
  uint64_t count;    /* answers that counted */
  uint32_t *samples; /* their tenths of microseconds */
  double from, until;
};

static uint8_t *pattern;

static void prepare(const struct plan *plan, struct tally *tally) {
  memset(tally, 0, sizeof *tally);
  tally->samples = room(MOST_SAMPLES * sizeof *tally->samples);
  pattern = room(plan->size + SHIFTS);
  fill(pattern, plan->size + SHIFTS, 0);
  tally->from = now() + WARM_UP;
  tally->until = tally->from + plan->seconds;
}

/* The bytes of message `number` of `lane`: neighbours differ. */
static const uint8_t *message(int lane, uint64_t number) {
  return pattern + ((unsigned)lane * 17 + number * 31) % SHIFTS;
}

/* Notes an answer that came at `time` and was due since `began`. */
static void note(struct tally *tally, double began, double time) {
  tally->messages++;
  if (time < tally->from || time >= tally->until) return;
  double tenths = (time - began) * 1e7;
  tally->samples[tally->count++] = tenths < 4e9 ? (uint32_t)tenths : 4000000000u;
  if (tally->count == MOST_SAMPLES) tally->until = time;
}

static int ascending(const void *a, const void *b) {
  uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;
  return (first > second) - (first < second);
}

/* The sample below or at which `share` of all lie, in microseconds; 0 when none
 * came in the time that counts. */
static double percentile(const struct tally *tally, double share) {
  if (tally->count == 0) return 0;
  uint64_t index = (uint64_t)(share * (double)tally->count);
  if (index >= tally->count) index = tally->count - 1;
  return tally->samples[index] / 10.0;
}

static double processor_seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Prints everything as one line of JSON. `busy`: how much of its core the
 * generator used, `began` with `processor` seconds. */
static void report(struct tally *tally, double began, double processor) {
  double busy = (processor_seconds() - processor) / (now() - began);
  if (tally->messages == 0) die("no message came back");
  qsort(tally->samples, tally->count, sizeof *tally->samples, ascending);
  printf("{\"messages\":%llu,\"rate\":%.1f,\"p50\":%.1f,\"p99\":%.1f,"
         "\"lost\":%llu,\"stray\":%llu,\"busy\":%.3f}\n",
         (unsigned long long)tally->messages,
         (double)tally->count / (tally->until - tally->from),
         percentile(tally, 0.5), percentile(tally, 0.99),
         (unsigned long long)tally->lost, (unsigned long long)tally->stray,
         busy);
}

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {
      .sin_family = AF_INET,
      .sin_port = htons((uint16_t)port),
      .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
  };
  return address;
}

/* A connected socket that does not block from now on. */
static int connected(int type, int port) {
  struct sockaddr_in address = loopback(port);
  int one = 1, fd = socket(AF_INET, type, 0);
  if (fd < 0) die("no socket: %s", strerror(errno));
  if (connect(fd, (struct sockaddr *)&address, sizeof address)) {
    die("cannot connect to port %d: %s", port, strerror(errno));
  }
  if (type == SOCK_STREAM) {
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  }
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}
