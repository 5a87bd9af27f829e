/* Other programs: a client's whole life, and a server's start. */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

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

/* PROGRAM [WORD ...]: from its start to its end. */
static int verb_run(int count, char **words) {
  (void)count;
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

/* ---- from a server's exec to the first byte of its greeting ---- */

/* A connection to `port` and its first byte, if anybody answers. */
static int is_greeted(int port) {
  struct sockaddr_in to = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)port),
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct timeval wait = {.tv_sec = WAIT};
  char byte;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  int greeted = !connect(fd, (struct sockaddr *)&to, sizeof to) &&
                recv(fd, &byte, 1, 0) == 1;
  close(fd);
  return greeted;
}

/* Ends the child and whatever it started in its group. */
static void end_group(pid_t child) {
  kill(child, SIGTERM);
  for (int tenths = 0; tenths < 30; tenths++) {
    if (waitpid(child, NULL, WNOHANG) == child) break;
    usleep(100000);
  }
  kill(-child, SIGKILL);
  waitpid(child, NULL, 0);
}

/* PORT PROGRAM [WORD ...]: the seconds until it greets at PORT. */
static int verb_start(int count, char **words) {
  int port = atoi(words[0]);
  pid_t parent = getpid();
  (void)count;
  if (is_greeted(port)) die("somebody else is at port %d", port);
  double start = now();
  pid_t child = fork();
  if (child < 0) die("cannot fork: %s", strerror(errno));
  if (child == 0) {
    setpgid(0, 0);
    if (!freopen("/dev/null", "w", stderr)) _exit(1); /* some keep a log there */
    become(words + 1, parent);
  }
  while (!is_greeted(port)) {
    if (waitpid(child, NULL, WNOHANG) == child) die("%s ended", words[1]);
    if (now() - start > 10) {
      end_group(child);
      die("%s does not greet", words[1]);
    }
    usleep(200);
  }
  double seconds = now() - start;
  end_group(child);
  printf("%.6f\n", seconds);
  return 0;
}
