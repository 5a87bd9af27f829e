/* One file down or up, from the command to the last reply. */

static void download(struct session *session, const char *name, uint64_t size,
                     uint8_t *block, size_t room_for, int verify) {
  char line[4096];
  uint64_t at = 0;
  struct wire data = open_data(session);
  command(session, 150, line, "RETR %s\r\n", name);
  protect(session, &data);
  for (ssize_t count; (count = wire_read(&data, block, room_for)) != 0;) {
    if (count < 0) die("the download broke: %s", strerror(errno));
    if (verify) compare(block, (size_t)count, at);
    at += (uint64_t)count;
  }
  wire_end(&data);
  wire_close(&data);
  expect(session, 226, line);
  if (at != size) die("%s came with %llu bytes", name, (unsigned long long)at);
}

static void send_all(struct wire *data, uint64_t size, uint8_t *block,
                     size_t room_for, int verify) {
  for (uint64_t at = 0; at < size;) {
    size_t part = size - at < room_for ? (size_t)(size - at) : room_for;
    if (verify) fill(block, part, at);
    ssize_t count = wire_write(data, block, part);
    if (count <= 0) die("the upload broke: %s", strerror(errno));
    at += (uint64_t)count;
  }
}

static void upload(struct session *session, const char *name, uint64_t size,
                   uint8_t *block, size_t room_for, int verify) {
  char line[4096];
  struct wire data = open_data(session);
  command(session, 150, line, "STOR %s\r\n", name);
  protect(session, &data);
  send_all(&data, size, block, room_for, verify);
  wire_end(&data);
  /* Not closed before the server is done: tickets that nobody has read would
   * make that a reset, which may overtake the last bytes. */
  expect(session, 226, line);
  wire_close(&data);
}
