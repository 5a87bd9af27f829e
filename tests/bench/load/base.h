/* What every part of the load generator uses: errors, time, bytes to move. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 1 << 20, SMALL_BLOCK = 1 << 16 };

static _Noreturn void die(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("load: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void *room(size_t size) {
  void *memory = malloc(size);
  if (!memory) die("no memory for %zu bytes", size);
  memset(memory, 0, size); /* touched now, so that no page fault is timed */
  return memory;
}

/* ---- the pattern: each byte is a hash of its own offset ---- */

static void fill(uint8_t *bytes, size_t size, uint64_t offset) {
  for (size_t i = 0; i < size; i++) {
    bytes[i] = (uint8_t)(((uint32_t)(offset + i) * 2654435761u) >> 24);
  }
}

static void compare(const uint8_t *bytes, size_t size, uint64_t offset) {
  static __thread uint8_t expected[BLOCK];
  fill(expected, size, offset);
  if (memcmp(bytes, expected, size)) {
    die("wrong bytes between offset %llu and %llu", (unsigned long long)offset,
        (unsigned long long)(offset + size));
  }
}

static void make(const char *path, uint64_t size) {
  uint8_t *block = room(BLOCK);
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file < 0) die("cannot create %s: %s", path, strerror(errno));
  for (uint64_t at = 0; at < size;) {
    size_t part = size - at < BLOCK ? (size_t)(size - at) : BLOCK;
    fill(block, part, at);
    ssize_t count = write(file, block, part);
    if (count <= 0) die("cannot write %s: %s", path, strerror(errno));
    at += (uint64_t)count;
  }
  close(file);
}

static void check(const char *path, uint64_t size) {
  uint8_t *block = room(BLOCK);
  uint64_t at = 0;
  int file = open(path, O_RDONLY);
  if (file < 0) die("cannot open %s: %s", path, strerror(errno));
  for (ssize_t count; (count = read(file, block, BLOCK)) > 0;) {
    compare(block, (size_t)count, at);
    at += (uint64_t)count;
  }
  if (at != size) die("%s holds %llu bytes", path, (unsigned long long)at);
}
