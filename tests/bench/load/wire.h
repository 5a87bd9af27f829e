/*
 * A connection with TLS or without. TLS is OpenSSL's, version 1.3 with AES-256
 * in GCM for everybody, so that every server does the same work; certificates
 * are not looked at. Built without WITH_TLS there is none.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

enum { WAIT = 30 /* seconds for every connect, read and write */ };

#ifdef WITH_TLS
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#else
typedef void SSL;
#endif

struct wire {
  int fd;
  SSL *tls; /* NULL while there is none */
};

static int dial(int port) {
  struct timeval wait = {.tv_sec = WAIT};
  struct sockaddr_in to = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)port),
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int yes = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) die("no socket: %s", strerror(errno));
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (connect(fd, (struct sockaddr *)&to, sizeof to)) {
    die("cannot connect to port %d: %s", port, strerror(errno));
  }
  return fd;
}

#ifdef WITH_TLS

enum { TLS_BUFFER = 1 << 16 /* bytes of records for one system call */ };

static const char *tls_reason(void) {
  const char *reason = ERR_reason_error_string(ERR_peek_error());
  return reason ? reason : errno ? strerror(errno) : "it just ended";
}

/* What all connections of a kind share; never freed. */
static SSL_CTX *tls_context(const SSL_METHOD *method) {
  SSL_CTX *context = SSL_CTX_new(method);
  if (!context || !SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) ||
      !SSL_CTX_set_ciphersuites(context, "TLS_AES_256_GCM_SHA384")) {
    die("no TLS: %s", tls_reason());
  }
  /* What counts is that every byte comes; that is compared anyhow. */
  SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, TLS_BUFFER);
  return context;
}

/* TLS over `wire`, before its handshake. */
static void tls_begin(struct wire *wire, SSL_CTX *context) {
  wire->tls = SSL_new(context);
  if (!wire->tls || !SSL_set_fd(wire->tls, wire->fd)) die("no memory for TLS");
}

static SSL_CTX *tls_clients;

static void tls_set_up(void) {
  tls_clients = tls_context(TLS_client_method());
  signal(SIGPIPE, SIG_IGN); /* OpenSSL does not send with MSG_NOSIGNAL */
}

/* Resumes the session of `known`, where there is one. */
static void tls_connect(struct wire *wire, const struct wire *known) {
  tls_begin(wire, tls_clients);
  if (known) {
    SSL_SESSION *session = SSL_get1_session(known->tls);
    SSL_set_session(wire->tls, session);
    SSL_SESSION_free(session);
  }
  errno = 0;
  if (SSL_connect(wire->tls) != 1) die("the handshake failed: %s", tls_reason());
}

static void tls_accept(struct wire *wire, const char *pem) {
  SSL_CTX *context = tls_context(TLS_server_method());
  if (!pem || SSL_CTX_use_certificate_file(context, pem, SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, pem, SSL_FILETYPE_PEM) != 1) {
    die("no certificate and key in %s", pem ? pem : "(none)");
  }
  tls_begin(wire, context);
  if (SSL_accept(wire->tls) != 1) die("the handshake failed: %s", tls_reason());
}

#else

static void tls_set_up(void) { die("built without TLS: install libssl-dev"); }
static void tls_connect(struct wire *wire, const struct wire *known) {
  (void)wire, (void)known;
}
static void tls_accept(struct wire *wire, const char *pem) {
  (void)wire, (void)pem;
}

#endif

/* As recv(2). */
static ssize_t wire_read(struct wire *wire, void *bytes, size_t size) {
#ifdef WITH_TLS
  if (wire->tls) return SSL_read(wire->tls, bytes, (int)size);
#endif
  return recv(wire->fd, bytes, size, 0);
}

/* As send(2). */
static ssize_t wire_write(struct wire *wire, const void *bytes, size_t size) {
#ifdef WITH_TLS
  if (wire->tls) return SSL_write(wire->tls, bytes, (int)size);
#endif
  return send(wire->fd, bytes, size, MSG_NOSIGNAL);
}

/* Says that nothing more will be sent, on each layer. */
static void wire_end(struct wire *wire) {
#ifdef WITH_TLS
  if (wire->tls) SSL_shutdown(wire->tls);
#endif
  shutdown(wire->fd, SHUT_WR);
}

static void wire_close(struct wire *wire) {
#ifdef WITH_TLS
  SSL_free(wire->tls);
#endif
  close(wire->fd);
}
