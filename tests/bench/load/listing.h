/* Folders with many entries, and listings of them. */
#include <sys/stat.h>

/* FOLDER COUNT: makes the folder with COUNT files of various sizes (with holes
 * in the place of bytes) and times of the last two years. */
static int verb_entries(int words_count, char **words) {
  const char *path = words[0];
  int count = atoi(words[1]);
  struct timespec today;
  (void)words_count;
  clock_gettime(CLOCK_REALTIME, &today);
  if (mkdir(path, 0755)) die("cannot make %s: %s", path, strerror(errno));
  int folder = open(path, O_RDONLY | O_DIRECTORY);
  for (int i = 0; i < count; i++) {
    char name[64];
    uint32_t hash = (uint32_t)i * 2654435761u;
    time_t then = today.tv_sec - (time_t)(hash % (2 * 365 * 86400u));
    struct timespec times[2] = {{.tv_sec = then}, {.tv_sec = then}};
    snprintf(name, sizeof name, "entry-%06d-%08x.bin", i, hash);
    int file = openat(folder, name, O_WRONLY | O_CREAT, 0644);
    if (file < 0 || ftruncate(file, hash >> 8) || futimens(file, times)) {
      die("cannot make %s/%s: %s", path, name, strerror(errno));
    }
    close(file);
  }
  close(folder);
  return 0;
}

static size_t lines_in(const uint8_t *bytes, size_t size) {
  size_t lines = 0;
  for (size_t i = 0; i < size; i++) lines += bytes[i] == '\n';
  return lines;
}

/* Whether the server says 150. A server may not know MLSD. */
static int is_listing(struct session *session, const char *verb, const char *path) {
  char line[4096];
  char text[512];
  snprintf(text, sizeof text, "%s %s\r\n", verb, path);
  send_line(session, text);
  int code = read_reply(session, line);
  if (code == 150 || code == 125) return 1;
  if (code == 500 || code == 502) return 0;
  die("expected 150, got: %s", line);
  return 0;
}

/* Lists `path` with `verb`, or LIST where that is not known, and prints the seconds from the command to the first
 * byte and to the last reply, and how many bytes and lines came. */
static void list(struct session *session, const char *verb, const char *path) {
  char line[4096];
  uint8_t *block = room(SMALL_BLOCK);
  size_t bytes = 0, lines = 0;
  double start, first = 0;
  struct wire data = open_data(session);
  start = now();
  if (!is_listing(session, verb, path) && !is_listing(session, "LIST", path)) {
    die("there are no listings");
  }
  protect(session, &data);
  for (ssize_t count; (count = wire_read(&data, block, SMALL_BLOCK)) != 0;) {
    if (count < 0) die("the listing broke: %s", strerror(errno));
    if (!bytes) first = now() - start;
    bytes += (size_t)count;
    lines += lines_in(block, (size_t)count);
  }
  wire_end(&data);
  wire_close(&data);
  expect(session, 226, line);
  printf("%.9f %.9f %zu %zu\n", first, now() - start, bytes, lines);
  free(block);
}
