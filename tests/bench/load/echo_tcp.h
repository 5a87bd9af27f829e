/* TCP: connections in lock-step, connections that come and go, idle ones. */
#include <poll.h>
#include <sys/epoll.h>

enum { EVENTS = 256 };

struct lane {
  int index, fd;
  uint64_t number; /* of the message under way */
  size_t sent, got;
  double began; /* when it was sent, or should have been; 0: none under way */
};

static uint8_t incoming[SMALL_BLOCK];

static void register_lane(int poller, struct lane *lane) {
  /* Edges only: a lane reads and writes until the kernel says no. */
  struct epoll_event event = {
      .events = EPOLLIN | EPOLLOUT | EPOLLET,
      .data.ptr = lane,
  };
  if (epoll_ctl(poller, EPOLL_CTL_ADD, lane->fd, &event)) die("no epoll");
}

static void send_rest(struct lane *lane, size_t size) {
  const uint8_t *bytes = message(lane->index, lane->number);
  while (lane->sent < size) {
    ssize_t count = send(lane->fd, bytes + lane->sent, size - lane->sent,
                         MSG_NOSIGNAL);
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0) die("the server hung up: %s", strerror(errno));
    lane->sent += (size_t)count;
  }
}

static void begin(struct lane *lane, const struct plan *plan, double time) {
  lane->number++;
  lane->sent = lane->got = 0;
  lane->began = time;
  send_rest(lane, plan->size);
}

/* Reads what is there; whether the answer is complete. */
static int receive(struct lane *lane, const struct plan *plan) {
  const uint8_t *expected = message(lane->index, lane->number);
  while (lane->got < plan->size) {
    ssize_t count = recv(lane->fd, incoming, sizeof incoming, 0);
    if (count < 0 && errno == EAGAIN) return 0;
    if (count < 0) die("the server hung up: %s", strerror(errno));
    if (count == 0) die("the server closed a connection");
    if (lane->got + (size_t)count > lane->sent) die("more came than was sent");
    if (plan->verify && memcmp(incoming, expected + lane->got, (size_t)count)) {
      die("wrong bytes in message %llu", (unsigned long long)lane->number);
    }
    lane->got += (size_t)count;
  }
  return 1;
}

/* ---- lock-step: every connection sends when its answer is complete ---- */

/* When message `number` (from 1) of a lane has to be sent. */
static double due(const struct lane *lane, const struct plan *plan,
                  double start) {
  double turn = (double)lane->number * plan->lanes + lane->index;
  return start + turn / plan->rate;
}

static void begin_due(struct lane *lanes, const struct plan *plan,
                      double start, double until) {
  double time = now();
  for (int i = 0; i < plan->lanes && time < until; i++) {
    struct lane *lane = &lanes[i];
    double when = due(lane, plan, start);
    if (lane->began == 0 && when <= time) begin(lane, plan, when);
  }
}

static int advance(struct lane *lane, const struct plan *plan,
                   struct tally *tally) {
  if (lane->began == 0) return 0;
  send_rest(lane, plan->size);
  if (!receive(lane, plan)) return 0;
  double time = now();
  note(tally, lane->began, time);
  lane->began = 0;
  if (plan->rate > 0) return 1;
  if (time < tally->until) begin(lane, plan, time);
  return 1;
}

static int under_way(const struct lane *lanes, int count) {
  int sum = 0;
  for (int i = 0; i < count; i++) sum += lanes[i].began != 0;
  return sum;
}

static void close_lanes(struct lane *lanes, int count) {
  for (int i = 0; i < count; i++) {
    if (recv(lanes[i].fd, incoming, 1, MSG_DONTWAIT) >= 0) {
      die("a connection ended or brought more than was sent");
    }
    close(lanes[i].fd);
  }
}

static void lockstep(const struct plan *plan, struct tally *tally) {
  struct lane *lanes = room((size_t)plan->lanes * sizeof *lanes);
  int poller = epoll_create1(0);
  for (int i = 0; i < plan->lanes; i++) {
    lanes[i].index = i;
    lanes[i].fd = connected(SOCK_STREAM, plan->port);
    register_lane(poller, &lanes[i]);
  }
  prepare(plan, tally);
  double start = now(), heard = start;
  for (int i = 0; plan->rate == 0 && i < plan->lanes; i++) {
    begin(&lanes[i], plan, now());
  }
  for (;;) {
    struct epoll_event events[EVENTS];
    /* With a rate it never sleeps, so that it is never late. */
    int count = epoll_wait(poller, events, EVENTS, plan->rate > 0 ? 0 : 100);
    int complete = 0;
    for (int i = 0; i < count; i++) {
      complete += advance(events[i].data.ptr, plan, tally);
    }
    if (plan->rate > 0) begin_due(lanes, plan, start, tally->until);
    double time = now();
    if (complete) heard = time;
    int open = under_way(lanes, plan->lanes);
    if (time >= tally->until && open == 0) break;
    if (open && time - heard > PATIENCE) die("no answer in %g s", PATIENCE);
  }
  close_lanes(lanes, plan->lanes);
}

/* ---- churn: connect, echo one message, close, again ---- */

/* The port of each stays taken for a second or more afterwards; Linux has 28,000
 * of them for each server. */
enum { MOST_DIALS = 20000 };

static int dial(const struct plan *plan) {
  struct sockaddr_in address = loopback(plan->port);
  int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (fd < 0) die("no socket: %s", strerror(errno));
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) &&
      errno != EINPROGRESS) {
    die("cannot connect to port %d: %s", plan->port, strerror(errno));
  }
  return fd;
}

static void open_lane(struct lane *lane, int poller, const struct plan *plan) {
  lane->began = now();
  lane->fd = dial(plan);
  lane->number++;
  lane->sent = lane->got = 0;
  register_lane(poller, lane);
}

static void churn(const struct plan *plan, struct tally *tally) {
  struct lane *lanes = room((size_t)plan->lanes * sizeof *lanes);
  int poller = epoll_create1(0), open = plan->lanes;
  prepare(plan, tally);
  for (int i = 0; i < plan->lanes; i++) {
    lanes[i].index = i;
    open_lane(&lanes[i], poller, plan);
  }
  while (open > 0) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(poller, events, EVENTS, (int)(PATIENCE * 1000));
    if (count == 0) die("no answer in %g s", PATIENCE);
    for (int i = 0; i < count; i++) {
      struct lane *lane = events[i].data.ptr;
      if (events[i].events & EPOLLERR) die("a connection was refused");
      if (!(events[i].events & (EPOLLIN | EPOLLOUT))) continue;
      send_rest(lane, plan->size);
      if (!receive(lane, plan)) continue;
      close(lane->fd);
      double time = now();
      note(tally, lane->began, time);
      if (tally->messages >= MOST_DIALS && time < tally->until) {
        tally->until = time;
      }
      if (time < tally->until) open_lane(lane, poller, plan);
      else open--;
    }
  }
}

/* ---- idle: connections that do nothing, and still work afterwards ---- */

static void echo_once(struct lane *lane, const struct plan *plan) {
  begin(lane, plan, now());
  while (!receive(lane, plan)) {
    struct pollfd wait = {.fd = lane->fd, .events = POLLIN};
    if (poll(&wait, 1, (int)(PATIENCE * 1000)) <= 0) die("no answer");
  }
}

static void hold(const struct plan *plan, struct tally *tally) {
  struct lane *lanes = room((size_t)plan->lanes * sizeof *lanes);
  char end;
  prepare(plan, tally);
  for (int i = 0; i < plan->lanes; i++) {
    lanes[i].index = i;
    lanes[i].fd = connected(SOCK_STREAM, plan->port);
    echo_once(&lanes[i], plan);
  }
  puts("idle");
  fflush(stdout);
  while (read(0, &end, 1) > 0) continue;
  for (int i = 0; i < plan->lanes; i++) echo_once(&lanes[i], plan);
  close_lanes(lanes, plan->lanes);
}
