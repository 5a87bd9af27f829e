/* The control connection of a session, and how it opens a data connection. */
#include "wire.h"

/* Whether sessions and their data connections are protected. */
static int secure;

struct session {
  struct wire control;
  size_t held; /* bytes of `input` that are filled */
  char input[4096];
};

/* Takes the next line out of the session's input. */
static void read_line(struct session *session, char line[4096]) {
  char *end;
  while (!(end = memchr(session->input, '\n', session->held))) {
    size_t left = sizeof session->input - session->held;
    ssize_t count = wire_read(&session->control, session->input + session->held, left);
    if (count <= 0) {
      die("the control connection ended: %s", count ? strerror(errno) : "closed");
    }
    session->held += (size_t)count;
  }
  size_t size = (size_t)(end + 1 - session->input);
  memcpy(line, session->input, size);
  line[size - 1] = 0;
  session->held -= size;
  memmove(session->input, end + 1, session->held);
}

/* Reads one reply, of any number of lines, into `line` (its last one). */
static int read_reply(struct session *session, char line[4096]) {
  do read_line(session, line);
  while (strlen(line) < 4 || strspn(line, "0123456789") != 3 || line[3] != ' ');
  return atoi(line);
}

static void expect(struct session *session, int code, char line[4096]) {
  int found = read_reply(session, line);
  if (found == code || (code == 150 && found == 125)) return;
  die("expected %d, got: %s", code, line);
}

static void send_line(struct session *session, const char *text) {
  ssize_t size = (ssize_t)strlen(text);
  if (wire_write(&session->control, text, (size_t)size) != size) {
    die("cannot send %s", text);
  }
}

static void command(struct session *session, int code, char line[4096],
                    const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  send_line(session, text);
  expect(session, code, line);
}

static void log_in(struct session *session, char line[4096]) {
  send_line(session, "USER anonymous\r\n");
  if (read_reply(session, line) == 230) return; /* it asks for no password */
  if (atoi(line) != 331) die("expected 331, got: %s", line);
  command(session, 230, line, "PASS bench@localhost\r\n");
}

static void open_session(struct session *session, int port) {
  char line[4096];
  session->held = 0;
  session->control = (struct wire){.fd = dial(port)};
  expect(session, 220, line);
  if (secure) {
    command(session, 234, line, "AUTH TLS\r\n");
    if (session->held) die("there are bytes behind: %s", line);
    tls_connect(&session->control, NULL);
  }
  log_in(session, line);
  if (secure) {
    command(session, 200, line, "PBSZ 0\r\n");
    command(session, 200, line, "PROT P\r\n");
  }
}

static void close_session(struct session *session) {
  char line[4096];
  command(session, 221, line, "QUIT\r\n");
  wire_close(&session->control);
}

/* A data connection, still without TLS: see `protect`. */
static struct wire open_data(struct session *session) {
  char line[4096];
  int a, b, c, d, high, low;
  command(session, 227, line, "PASV\r\n");
  char *digits = line + 3 + strcspn(line + 3, "0123456789");
  if (sscanf(digits, "%d,%d,%d,%d,%d,%d", &a, &b, &c, &d, &high, &low) != 6) {
    die("no address in: %s", line);
  }
  return (struct wire){.fd = dial(high * 256 + low)};
}

/* TLS for a data connection, once the server has said 150. */
static void protect(struct session *session, struct wire *data) {
  if (secure) tls_connect(data, &session->control);
}
