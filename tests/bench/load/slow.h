/* Transfers that go on for as long as somebody looks at the server's memory:
 * each moves at most a little every now and then. */

enum {
  SLOW_BYTES = 8192,
  SLOW_PAUSE = 10000, /* microseconds */
  MOST_SLOW = 1024
};

struct slow {
  struct session session;
  struct wire data;
  int upwards;
  char name[256];
  volatile uint64_t moved;
};

static void *run_slow(void *argument) {
  struct slow *slow = argument;
  char line[4096];
  uint8_t *block = room(SLOW_BYTES);
  slow->data = open_data(&slow->session);
  command(&slow->session, 150, line, "%s %s\r\n", slow->upwards ? "STOR" : "RETR",
          slow->name);
  protect(&slow->session, &slow->data);
  for (;;) {
    ssize_t count = slow->upwards ? wire_write(&slow->data, block, SLOW_BYTES)
                                  : wire_read(&slow->data, block, SLOW_BYTES);
    if (count <= 0) die("a slow transfer ended");
    slow->moved += (uint64_t)count;
    usleep(SLOW_PAUSE);
  }
  return NULL;
}

static void start_slow(struct slow *slow, int port) {
  char line[4096];
  pthread_t thread;
  open_session(&slow->session, port);
  command(&slow->session, 200, line, "TYPE I\r\n");
  if (pthread_create(&thread, NULL, run_slow, slow)) die("no thread");
}

/* Until each of them has moved `least` bytes more than before. */
static void wait_for_slow(struct slow *all, int count, uint64_t least) {
  double end = now() + WAIT;
  uint64_t before[MOST_SLOW];
  for (int i = 0; i < count; i++) before[i] = all[i].moved;
  for (int i = 0; i < count; i++) {
    while (all[i].moved < before[i] + least) {
      if (now() > end) die("a slow transfer stands still");
      usleep(SLOW_PAUSE);
    }
  }
}

/* PORT retr|stor NAME COUNT...: grows to each COUNT, and says so. The sessions
 * end with the program. */
static int verb_slow(int words_count, char **words) {
  static struct slow all[MOST_SLOW];
  int started = 0, upwards = !strcmp(words[1], "stor");
  for (int i = 3; i < words_count; i++) {
    int wanted = atoi(words[i]);
    if (wanted > MOST_SLOW) die("at most %d", MOST_SLOW);
    for (; started < wanted; started++) {
      struct slow *slow = &all[started];
      slow->upwards = upwards;
      if (upwards) snprintf(slow->name, sizeof slow->name, "%s.%d", words[2], started);
      else snprintf(slow->name, sizeof slow->name, "%s", words[2]);
      start_slow(slow, atoi(words[0]));
    }
    wait_for_slow(all, started, 16 * SLOW_BYTES);
    stage(words[i]);
    wait_for_slow(all, started, SLOW_BYTES); /* all of them are still alive */
  }
  return 0;
}
