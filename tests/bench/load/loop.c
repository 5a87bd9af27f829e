/*
 * The yard-stick of transfers: the least that can be said to serve files.
 *
 *   loop PORT FOLDER
 *
 * A thread for each session, sendfile(2) for what goes down, and recv(2) and
 * write(2) by the megabyte for what comes up. It has no accounts, no limits, no
 * confinement and no patience; nobody should run it for anything else.
 */
#define _GNU_SOURCE
#include "base.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>

static int listen_at(int port, int *chosen) {
  struct sockaddr_in at = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)port),
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof at;
  int yes = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, (struct sockaddr *)&at, length) || listen(fd, 1024) ||
      getsockname(fd, (struct sockaddr *)&at, &length)) {
    die("cannot listen on port %d: %s", port, strerror(errno));
  }
  *chosen = ntohs(at.sin_port);
  return fd;
}

static void reply(int control, const char *text) {
  char line[256];
  int size = snprintf(line, sizeof line, "%s\r\n", text);
  if (send(control, line, (size_t)size, MSG_NOSIGNAL) != size) pthread_exit(NULL);
}

/* Whether the whole file went. */
static int send_file(int data, const char *path) {
  struct stat found;
  int file = open(path, O_RDONLY), whole = 0;
  if (file >= 0 && !fstat(file, &found)) {
    off_t at = 0;
    while (at < found.st_size &&
           sendfile(data, file, &at, (size_t)(found.st_size - at)) > 0) continue;
    whole = at == found.st_size;
  }
  if (file >= 0) close(file);
  return whole;
}

static int take_file(int data, const char *path, uint8_t *block) {
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  ssize_t count = -1;
  while (file >= 0 && (count = recv(data, block, BLOCK, 0)) > 0) {
    if (write(file, block, (size_t)count) != count) break;
  }
  if (file >= 0) close(file);
  return count == 0;
}

static int passive(int control) {
  char text[64];
  int port, listener = listen_at(0, &port);
  snprintf(text, sizeof text, "227 At (127,0,0,1,%d,%d)", port / 256, port % 256);
  reply(control, text);
  int data = accept(listener, NULL, NULL);
  close(listener);
  return data;
}

/* One command; gives the data connection that stands afterwards. */
static int obey(int control, int data, char *line, uint8_t *block) {
  char *name = strchr(line, ' ');
  name = name ? name + 1 : "";
  while (*name == '/') name++;
  int down = !strncmp(line, "RETR", 4);
  if (down || !strncmp(line, "STOR", 4)) {
    reply(control, "150 Here it comes");
    int whole = down ? send_file(data, name) : take_file(data, name, block);
    close(data);
    reply(control, whole ? "226 All of it" : "451 Not all of it");
    return -1;
  }
  if (!strncmp(line, "PASV", 4)) return passive(control);
  if (!strncmp(line, "USER", 4)) reply(control, "331 And?");
  else if (!strncmp(line, "PASS", 4)) reply(control, "230 Welcome");
  else if (!strncmp(line, "QUIT", 4)) reply(control, "221 Bye");
  else reply(control, "200 Fine");
  return data;
}

static void *serve(void *argument) {
  int control = (int)(intptr_t)argument, data = -1, yes = 1;
  char line[1024];
  uint8_t *block = malloc(BLOCK);
  setsockopt(control, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  reply(control, "220 Loop");
  /* Its only client sends one line at a time. */
  for (ssize_t size; (size = recv(control, line, sizeof line - 1, 0)) > 0;) {
    line[size] = 0;
    line[strcspn(line, "\r\n")] = 0;
    data = obey(control, data, line, block);
  }
  close(control);
  free(block);
  return NULL;
}

int main(int count, char **words) {
  int port, fd;
  if (count != 3 || chdir(words[2])) die("loop PORT FOLDER");
  signal(SIGPIPE, SIG_IGN);
  int listener = listen_at(atoi(words[1]), &port);
  while ((fd = accept(listener, NULL, NULL)) >= 0) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd)) die("no thread");
    pthread_detach(thread);
  }
  return 0;
}
