/* How fast one stream into and out of this program can be: from memory to
 * nowhere, on a thread each. No server is faster than that here. */
#include <pthread.h>

struct writer {
  int listener;
  uint64_t size;
  const char *pem;
};

static void *run_writer(void *argument) {
  struct writer *writer = argument;
  struct wire data = {.fd = accept(writer->listener, NULL, NULL)};
  if (data.fd < 0) die("cannot accept: %s", strerror(errno));
  if (secure) tls_accept(&data, writer->pem);
  send_all(&data, writer->size, room(BLOCK), BLOCK, 0);
  wire_end(&data);
  return NULL;
}

static double ceiling(uint64_t size, const char *pem) {
  struct writer writer = {.size = size, .pem = pem};
  struct sockaddr_in at = {.sin_family = AF_INET,
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof at;
  pthread_t thread;
  uint8_t *block = room(BLOCK);
  writer.listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(writer.listener, (struct sockaddr *)&at, length) ||
      listen(writer.listener, 1) ||
      getsockname(writer.listener, (struct sockaddr *)&at, &length)) {
    die("cannot listen: %s", strerror(errno));
  }
  if (pthread_create(&thread, NULL, run_writer, &writer)) die("no thread");
  struct wire data = {.fd = dial(ntohs(at.sin_port))};
  if (secure) tls_connect(&data, NULL);
  double start = now();
  for (uint64_t left = size; left > 0;) {
    ssize_t count = wire_read(&data, block, BLOCK);
    if (count <= 0) die("the stream broke");
    left -= (uint64_t)count;
  }
  return now() - start;
}
