/*
 * The echo benchmark's yard-stick: what a small C program reaches.
 *
 *   echo_server      echo over TCP and UDP on one free port of 127.0.0.1
 *
 * One thread, one epoll, one buffer. A connection whose peer does not read is
 * not read either: what could not be sent yet waits in memory of its own, and
 * that is at most one buffer. It ends with the process that started it, or
 * after half an hour.
 */
#define _GNU_SOURCE
#include "base.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

enum {
  LIFETIME = 1800 /* seconds */,
  EVENTS = 128,
  BACKLOG = 511,
  BURST = 64 /* datagrams before connections get their turn */
};

struct peer {
  int fd;
  uint8_t *rest; /* what could not be sent yet, or NULL */
  size_t at, length;
};

static uint8_t buffer[SMALL_BLOCK];
static int poller;

static void watch(struct peer *peer, int operation, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = peer};
  if (epoll_ctl(poller, operation, peer->fd, &event)) die("epoll_ctl failed");
}

static struct peer *add(int fd) {
  struct peer *peer = room(sizeof *peer);
  peer->fd = fd;
  watch(peer, EPOLL_CTL_ADD, EPOLLIN);
  return peer;
}

static void drop(struct peer *peer) {
  close(peer->fd);
  free(peer->rest);
  free(peer);
}

static int would_block(void) { return errno == EAGAIN || errno == EINTR; }

static void keep(struct peer *peer, const uint8_t *bytes, size_t length) {
  peer->rest = room(length);
  memcpy(peer->rest, bytes, length);
  peer->at = 0;
  peer->length = length;
  watch(peer, EPOLL_CTL_MOD, EPOLLOUT);
}

static void answer(struct peer *peer) {
  ssize_t count = recv(peer->fd, buffer, sizeof buffer, 0);
  if (count < 0 && would_block()) return;
  if (count <= 0) return drop(peer);
  ssize_t sent = send(peer->fd, buffer, (size_t)count, MSG_NOSIGNAL);
  if (sent < 0 && !would_block()) return drop(peer);
  if (sent < 0) sent = 0;
  if (sent < count) keep(peer, buffer + sent, (size_t)(count - sent));
}

static void go_on(struct peer *peer) {
  uint8_t *bytes = peer->rest + peer->at;
  ssize_t sent = send(peer->fd, bytes, peer->length - peer->at, MSG_NOSIGNAL);
  if (sent < 0 && would_block()) return;
  if (sent < 0) return drop(peer);
  peer->at += (size_t)sent;
  if (peer->at < peer->length) return;
  free(peer->rest);
  peer->rest = NULL;
  watch(peer, EPOLL_CTL_MOD, EPOLLIN);
}

static void answer_datagrams(int fd) {
  for (int i = 0; i < BURST; i++) {
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    struct sockaddr *name = (struct sockaddr *)&from;
    ssize_t count = recvfrom(fd, buffer, sizeof buffer, 0, name, &size);
    if (count < 0) return;
    sendto(fd, buffer, (size_t)count, 0, name, size);
  }
}

static void greet(int listener) {
  int one = 1;
  int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
  if (fd < 0) return;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  add(fd);
}

static int open_socket(int type, int *port) {
  struct sockaddr_in address = {
      .sin_family = AF_INET,
      .sin_port = htons((uint16_t)*port),
      .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
  };
  socklen_t size = sizeof address;
  int fd = socket(AF_INET, type | SOCK_NONBLOCK, 0);
  if (bind(fd, (struct sockaddr *)&address, size)) return -1;
  getsockname(fd, (struct sockaddr *)&address, &size);
  *port = ntohs(address.sin_port);
  return fd;
}

int main(void) {
  int port = 0, datagrams = -1, listener = -1;
  for (int tries = 0; tries < 100 && datagrams < 0; tries++) {
    port = 0;
    close(listener);
    listener = open_socket(SOCK_STREAM, &port);
    datagrams = open_socket(SOCK_DGRAM, &port);
  }
  if (datagrams < 0 || listen(listener, BACKLOG)) die("no free port");
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  alarm(LIFETIME);
  poller = epoll_create1(0);
  struct peer *udp = add(datagrams), *tcp = add(listener);
  printf("ready on tcp://127.0.0.1:%d and udp\n", port);
  fflush(stdout);
  for (;;) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(poller, events, EVENTS, -1);
    for (int i = 0; i < count; i++) {
      struct peer *peer = events[i].data.ptr;
      if (peer == udp) answer_datagrams(datagrams);
      else if (peer == tcp) greet(listener);
      else if (peer->rest) go_on(peer);
      else answer(peer);
    }
  }
}
