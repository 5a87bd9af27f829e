/* Transfers of one file each over many sessions at the same time. */
#include <pthread.h>

/* More than so many at a time get smaller buffers. */
enum { FEW = 4 };

struct job {
  struct session session;
  int upwards, verify;
  size_t block;
  uint64_t size;
  char name[256];
  pthread_barrier_t *begin;
  /* For small files: which ones, and until when. */
  int first, step, count, done;
  double until;
};

/* Logs in one after the other; the jobs then wait for `begin_jobs`. */
static void open_jobs(struct job *jobs, pthread_t *threads, int port, int count,
                      void *(*run)(void *)) {
  pthread_barrier_t *begin = room(sizeof *begin);
  pthread_barrier_init(begin, NULL, (unsigned)count + 1);
  for (int i = 0; i < count; i++) {
    char line[4096];
    jobs[i].begin = begin;
    open_session(&jobs[i].session, port);
    command(&jobs[i].session, 200, line, "TYPE I\r\n");
    if (pthread_create(&threads[i], NULL, run, &jobs[i])) die("no thread");
  }
  stage("ready");
}

/* The seconds until all jobs are done. */
static double begin_jobs(struct job *jobs, pthread_t *threads, int count) {
  double start = now();
  pthread_barrier_wait(jobs[0].begin);
  for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
  return now() - start;
}

static void close_jobs(struct job *jobs, int count) {
  for (int i = 0; i < count; i++) close_session(&jobs[i].session);
}

static void *run_transfer(void *argument) {
  struct job *job = argument;
  uint8_t *block = room(job->block);
  fill(block, job->block, 0);
  pthread_barrier_wait(job->begin);
  if (job->upwards) upload(&job->session, job->name, job->size, block, job->block, job->verify);
  else download(&job->session, job->name, job->size, block, job->block, job->verify);
  free(block);
  return NULL;
}

/* PORT retr|stor NAME BYTES COUNT [verify] */
static int verb_parallel(int words_count, char **words) {
  int count = atoi(words[4]), upwards = !strcmp(words[1], "stor");
  struct job *jobs = room((size_t)count * sizeof *jobs);
  pthread_t *threads = room((size_t)count * sizeof *threads);
  for (int i = 0; i < count; i++) {
    jobs[i].upwards = upwards;
    jobs[i].verify = words_count > 5;
    jobs[i].size = strtoull(words[3], NULL, 10);
    jobs[i].block = count > FEW ? SMALL_BLOCK : BLOCK;
    if (upwards) snprintf(jobs[i].name, sizeof jobs[i].name, "%s.%d", words[2], i);
    else snprintf(jobs[i].name, sizeof jobs[i].name, "%s", words[2]);
  }
  open_jobs(jobs, threads, atoi(words[0]), count, run_transfer);
  stage_numbers(begin_jobs(jobs, threads, count), count);
  close_jobs(jobs, count);
  return 0;
}
