/* How long one small thing takes, many times over: the percentiles. */
#include <sys/resource.h>

static int by_size(const void *one, const void *other) {
  double a = *(const double *)one, b = *(const double *)other;
  return (a > b) - (a < b);
}

/* Prints the median, the 99th percentile and the largest of `values`, which
 * are seconds, and how many there are. */
static void print_percentiles(double *values, int count) {
  if (count < 1) die("there was no time for a single one");
  qsort(values, (size_t)count, sizeof *values, by_size);
  printf("%.9f %.9f %.9f %d\n", values[count / 2], values[count * 99 / 100],
         values[count - 1], count);
}

/* Lets this thread run before the client's other ones, where that is allowed:
 * what a server takes is measured, not how long this program waits for itself. */
static void hurry(void) {
  setpriority(PRIO_PROCESS, 0 /* on Linux: this thread */, -20);
}

/* The round trip of a command that does nothing: `most` times one after the
 * other in a session of its own, for at most `seconds`. */
static void probe_command(int port, int most, double seconds) {
  struct session session;
  char line[4096];
  double *values = room((size_t)most * sizeof *values);
  int count = 0;
  hurry();
  open_session(&session, port);
  for (int i = 0; i < 20; i++) command(&session, 200, line, "NOOP\r\n");
  for (double end = now() + seconds; count < most && now() < end; count++) {
    double start = now();
    command(&session, 200, line, "NOOP\r\n");
    values[count] = now() - start;
  }
  close_session(&session);
  print_percentiles(values, count);
  free(values);
}

/* From connect to the first byte of the greeting, `most` times one after the
 * other. No session comes of it: the connection is reset, so that no port of
 * this machine is kept waiting, and the next begins when that is done. */
static void probe_greeting(int port, int most, double seconds) {
  struct linger reset = {.l_onoff = 1};
  double *values = room((size_t)most * sizeof *values);
  int count = 0;
  for (double end = now() + seconds; count < most && now() < end; count++) {
    char byte;
    double start = now();
    int fd = dial(port);
    if (recv(fd, &byte, 1, 0) != 1 || byte != '2') die("there was no greeting");
    values[count] = now() - start;
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(fd);
  }
  print_percentiles(values, count);
  free(values);
}
