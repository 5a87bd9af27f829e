/* Sessions that only log in: connect, greeting, USER, PASS, QUIT. */

struct logins {
  int port;
  int count; /* for each thread */
  double until;
  int done;
};

static void *run_logins(void *argument) {
  struct logins *logins = argument;
  for (; logins->done < logins->count && now() < logins->until; logins->done++) {
    struct session session;
    open_session(&session, logins->port);
    close_session(&session);
  }
  return NULL;
}

/* PORT COUNT THREADS SECONDS: COUNT log-ins, or as many as there is time for:
 * the seconds that they took, and how many there were.
 * Few threads: beyond a server's backlog Linux answers with SYN cookies, and a
 * client that waits for a greeting never learns that its connection was lost. */
static int verb_login(int words_count, char **words) {
  int threads = atoi(words[2]), done = 0;
  struct logins *logins = room((size_t)threads * sizeof *logins);
  pthread_t *ids = room((size_t)threads * sizeof *ids);
  double start = now();
  (void)words_count;
  for (int i = 0; i < threads; i++) {
    logins[i] = (struct logins){atoi(words[0]), atoi(words[1]) / threads,
                                start + atof(words[3]), 0};
    if (pthread_create(&ids[i], NULL, run_logins, &logins[i])) die("no thread");
  }
  for (int i = 0; i < threads; i++) {
    pthread_join(ids[i], NULL);
    done += logins[i].done;
  }
  printf("%.6f %d\n", now() - start, done);
  return 0;
}
