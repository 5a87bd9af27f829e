/*
 * The benchmark's FTP client: one small program for every server.
 *
 *   load make FILE BYTES           write BYTES of the pattern to FILE
 *   load check FILE BYTES          compare FILE with the pattern
 *   load retr PORT NAME BYTES      download; `verify` behind it compares
 *   load stor PORT NAME BYTES      upload; `verify` behind it sends the pattern
 *   load login PORT COUNT [THREADS]   COUNT times connect, USER, PASS, QUIT
 *   load concurrent PORT NAME BYTES COUNT    COUNT downloads at the same time
 *   load idle PORT COUNT           hold COUNT sessions until stdin ends
 *   load ceiling BYTES [PEM]       this program alone: from memory to nowhere
 *   load run PROGRAM [WORD ...]    another client, from its start to its end
 *
 * With `load tls` in the place of `load` sessions begin with AUTH TLS, data
 * connections resume them, and PEM is a file with a certificate and its key.
 *
 * Speaks to 127.0.0.1 only, as anonymous, in binary and passive mode. Prints
 * the seconds that counted, or `idle` when the sessions stand; `run` also the
 * seconds of processor time and the most bytes that were in memory. Every
 * socket waits at most 30 seconds and the whole program at most two minutes.
 */
#include "base.h"
#include "session.h"
#include "transfer.h"
#include "ceiling.h"
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { LIFETIME = 120 /* seconds, for the whole program */ };

/* ---- the cases ---- */

static double transfer(int port, const char *name, uint64_t size, int upwards,
                       int verify) {
  struct session session;
  char line[4096];
  uint8_t *block = room(BLOCK);
  open_session(&session, port);
  command(&session, 200, line, "TYPE I\r\n");
  double start = now();
  if (upwards) upload(&session, name, size, block, verify);
  else download(&session, name, size, block, BLOCK, verify);
  double seconds = now() - start;
  close_session(&session);
  return seconds;
}

struct logins {
  int port;
  int count; /* for each thread */
};

static void *run_logins(void *argument) {
  struct logins *logins = argument;
  for (int i = 0; i < logins->count; i++) {
    struct session session;
    open_session(&session, logins->port);
    close_session(&session);
  }
  return NULL;
}

/* Few threads: beyond a server's backlog Linux answers with SYN cookies, and a
 * client that waits for a greeting never learns that its connection was lost. */
static double login(int port, int count, int threads) {
  struct logins logins = {port, count / threads};
  pthread_t *ids = room((size_t)threads * sizeof *ids);
  double start = now();
  for (int i = 0; i < threads; i++) {
    if (pthread_create(&ids[i], NULL, run_logins, &logins)) die("no thread");
  }
  for (int i = 0; i < threads; i++) pthread_join(ids[i], NULL);
  return now() - start;
}

struct job {
  struct session session;
  const char *name;
  uint64_t size;
  pthread_barrier_t *begin;
};

static void *run_job(void *argument) {
  struct job *job = argument;
  uint8_t *block = room(SMALL_BLOCK);
  pthread_barrier_wait(job->begin);
  download(&job->session, job->name, job->size, block, SMALL_BLOCK, 0);
  return NULL;
}

/* Logs in one after the other, then downloads all at once: only that counts. */
static double concurrent(int port, const char *name, uint64_t size, int count) {
  struct job *jobs = room((size_t)count * sizeof *jobs);
  pthread_t *threads = room((size_t)count * sizeof *threads);
  pthread_barrier_t begin;
  pthread_barrier_init(&begin, NULL, (unsigned)count + 1);
  for (int i = 0; i < count; i++) {
    char line[4096];
    jobs[i] = (struct job){.name = name, .size = size, .begin = &begin};
    open_session(&jobs[i].session, port);
    command(&jobs[i].session, 200, line, "TYPE I\r\n");
    if (pthread_create(&threads[i], NULL, run_job, &jobs[i])) die("no thread");
  }
  pthread_barrier_wait(&begin);
  double start = now();
  for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
  double seconds = now() - start;
  for (int i = 0; i < count; i++) close_session(&jobs[i].session);
  return seconds;
}

static double idle(int port, int count) {
  struct session *sessions = room((size_t)count * sizeof *sessions);
  char line[4096];
  double start = now();
  for (int i = 0; i < count; i++) open_session(&sessions[i], port);
  double seconds = now() - start;
  puts("idle");
  fflush(stdout);
  while (getchar() != EOF) continue;
  for (int i = 0; i < count; i++) command(&sessions[i], 200, line, "NOOP\r\n");
  return seconds;
}

static double seconds_of(struct timeval time) {
  return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* The child dies with this program, however this ends. */
static void become(char **words, pid_t parent) {
  int nothing = open("/dev/null", O_RDWR);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0) _exit(1);
  execvp(words[0], words);
  die("cannot run %s: %s", words[0], strerror(errno));
}

static int run(char **words) {
  struct rusage usage;
  int status;
  pid_t parent = getpid();
  double start = now();
  pid_t child = fork();
  if (child < 0) die("cannot fork: %s", strerror(errno));
  if (child == 0) become(words, parent);
  if (wait4(child, &status, 0, &usage) != child) die("cannot wait");
  double seconds = now() - start;
  if (status) {
    die("%s ended with %s %d", words[0], WIFEXITED(status) ? "code" : "signal",
        WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
  }
  printf("%.6f %.6f %llu\n", seconds,
         seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime),
         (unsigned long long)usage.ru_maxrss * 1024);
  return 0;
}

int main(int count, char **words) {
  secure = count > 1 && !strcmp(words[1], "tls");
  if (secure) {
    tls_set_up();
    count--, words++;
  }
  const char *verb = count > 2 ? words[1] : "";
  int verify = count > 5 && !strcmp(words[5], "verify");
#define IS(name, least) (!strcmp(verb, name) && count >= (least))
#define BYTES(index) strtoull(words[index], NULL, 10)
#define NUMBER(index) atoi(words[index])
  double seconds = 0;
  alarm(LIFETIME);
  if (IS("run", 3)) return run(words + 2);
  else if (IS("make", 4)) make(words[2], BYTES(3));
  else if (IS("check", 4)) check(words[2], BYTES(3));
  else if (IS("retr", 5)) seconds = transfer(NUMBER(2), words[3], BYTES(4), 0, verify);
  else if (IS("stor", 5)) seconds = transfer(NUMBER(2), words[3], BYTES(4), 1, verify);
  else if (IS("login", 4)) seconds = login(NUMBER(2), NUMBER(3), count > 4 ? NUMBER(4) : 1);
  else if (IS("concurrent", 6)) seconds = concurrent(NUMBER(2), words[3], BYTES(4), NUMBER(5));
  else if (IS("idle", 4)) seconds = idle(NUMBER(2), NUMBER(3));
  else if (IS("ceiling", 3)) seconds = ceiling(BYTES(2), words[3]);
  else die("unknown words; the head of load.c lists the right ones");
  printf("%.6f\n", seconds);
  return 0;
}
