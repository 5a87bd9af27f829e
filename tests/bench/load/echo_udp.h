/* UDP: a window of datagrams under way; each answer makes room for another. */
#include <sys/uio.h>

enum { BATCH = 64 };

/* In front of each datagram; the pattern follows. */
struct stamp {
  uint64_t number;
  uint32_t lane, zero;
};

struct slot {
  uint64_t number;
  double began; /* when it was sent, or should have been; 0: none under way */
};

struct batch {
  struct mmsghdr headers[BATCH];
  struct iovec parts[BATCH];
  uint8_t *bytes;
  unsigned count;
};

static struct batch *new_batch(size_t size) {
  struct batch *batch = room(sizeof *batch);
  batch->bytes = room(BATCH * size);
  for (int i = 0; i < BATCH; i++) {
    batch->parts[i].iov_base = batch->bytes + (size_t)i * size;
    batch->parts[i].iov_len = size;
    batch->headers[i].msg_hdr.msg_iov = &batch->parts[i];
    batch->headers[i].msg_hdr.msg_iovlen = 1;
  }
  return batch;
}

static void flush(struct batch *batch, int fd) {
  unsigned sent = 0;
  while (sent < batch->count) {
    int count = sendmmsg(fd, batch->headers + sent, batch->count - sent, 0);
    if (count < 0 && errno != EAGAIN) die("cannot send: %s", strerror(errno));
    if (count > 0) sent += (unsigned)count;
  }
  batch->count = 0;
}

static void post(struct slot *slots, uint32_t lane, double time,
                 struct batch *out, int fd, const struct plan *plan) {
  static uint64_t number;
  struct slot *slot = &slots[lane];
  slot->number = ++number;
  slot->began = time;
  struct stamp stamp = {number, lane, 0};
  uint8_t *bytes = out->parts[out->count].iov_base;
  memcpy(bytes, &stamp, sizeof stamp);
  memcpy(bytes + sizeof stamp, message((int)lane, number),
         plan->size - sizeof stamp);
  if (++out->count == BATCH) flush(out, fd);
}

/* The slot that the datagram answers, or NULL for one that came too late. */
static struct slot *slot_of(struct slot *slots, const uint8_t *bytes,
                            size_t length, const struct plan *plan) {
  struct stamp stamp;
  if (length != plan->size) die("an answer has %zu bytes", length);
  memcpy(&stamp, bytes, sizeof stamp);
  if (stamp.lane >= (uint32_t)plan->lanes) die("an answer is garbled");
  struct slot *slot = &slots[stamp.lane];
  if (slot->began == 0 || slot->number != stamp.number) return NULL;
  if (plan->verify &&
      memcmp(bytes + sizeof stamp, message((int)stamp.lane, stamp.number),
             length - sizeof stamp)) {
    die("wrong bytes in message %llu", (unsigned long long)stamp.number);
  }
  return slot;
}

static int take(struct slot *slots, struct batch *in, int fd,
                const struct plan *plan, struct tally *tally) {
  int count = recvmmsg(fd, in->headers, BATCH, MSG_DONTWAIT, NULL);
  if (count < 0 && errno != EAGAIN) die("cannot receive: %s", strerror(errno));
  double time = now();
  for (int i = 0; i < count; i++) {
    struct slot *slot = slot_of(slots, in->parts[i].iov_base,
                                in->headers[i].msg_len, plan);
    if (slot) note(tally, slot->began, time);
    else tally->stray++;
    if (slot) slot->began = 0;
  }
  return count;
}

static void give_up(struct slot *slots, double time, const struct plan *plan,
                    struct tally *tally) {
  for (int i = 0; i < plan->lanes; i++) {
    if (slots[i].began == 0 || time - slots[i].began < LOST_AFTER) continue;
    slots[i].began = 0;
    tally->lost++;
  }
}

static int waiting(const struct slot *slots, int count) {
  int sum = 0;
  for (int i = 0; i < count; i++) sum += slots[i].began != 0;
  return sum;
}

static void refill(struct slot *slots, struct batch *out, int fd, double start,
                   const struct plan *plan, struct tally *tally) {
  static uint64_t turn;
  double time = now();
  if (time >= tally->until) return;
  for (uint32_t i = 0; i < (uint32_t)plan->lanes; i++) {
    if (slots[i].began != 0) continue;
    double when = plan->rate > 0 ? start + (double)turn / plan->rate : time;
    if (when > time) break;
    post(slots, i, when, out, fd, plan);
    turn++;
  }
  flush(out, fd);
}

static void window(const struct plan *plan, struct tally *tally) {
  struct slot *slots = room((size_t)plan->lanes * sizeof *slots);
  struct batch *in = new_batch(plan->size), *out = new_batch(plan->size);
  int fd = connected(SOCK_DGRAM, plan->port);
  prepare(plan, tally);
  double start = now(), looked = start;
  for (;;) {
    refill(slots, out, fd, start, plan, tally);
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    /* With a rate it never sleeps, so that it is never late. */
    if (plan->rate == 0) poll(&wait, 1, 20);
    take(slots, in, fd, plan, tally);
    double time = now();
    if (time - looked > 0.01) give_up(slots, looked = time, plan, tally);
    if (time >= tally->until && waiting(slots, plan->lanes) == 0) break;
  }
}
