/* Small files, one after the other over each of a few sessions: number I holds
 * the pattern from byte I * SMALL_FILE on. */

enum { SMALL_FILE = 1024 };

static void small_name(char name[300], const char *folder, int index) {
  snprintf(name, 300, "%s/%05d", folder, index);
}

static void small_down(struct job *job, const char *name, int index, uint8_t *block) {
  char line[4096];
  size_t held = 0;
  struct wire data = open_data(&job->session);
  command(&job->session, 150, line, "RETR %s\r\n", name);
  protect(&job->session, &data);
  for (ssize_t got; (got = wire_read(&data, block + held, BLOCK - held)) != 0;) {
    if (got < 0) die("the download broke: %s", strerror(errno));
    held += (size_t)got;
  }
  wire_end(&data);
  wire_close(&data);
  expect(&job->session, 226, line);
  if (held != SMALL_FILE) die("%s came with %zu bytes", name, held);
  if (job->verify) compare(block, held, (uint64_t)index * SMALL_FILE);
}

static void small_up(struct job *job, const char *name, int index, uint8_t *block) {
  char line[4096];
  struct wire data = open_data(&job->session);
  command(&job->session, 150, line, "STOR %s\r\n", name);
  protect(&job->session, &data);
  fill(block, SMALL_FILE, (uint64_t)index * SMALL_FILE);
  if (wire_write(&data, block, SMALL_FILE) != SMALL_FILE) die("the upload broke");
  wire_end(&data);
  expect(&job->session, 226, line);
  wire_close(&data);
}

static void *run_small(void *argument) {
  struct job *job = argument;
  uint8_t *block = room(BLOCK);
  char name[300];
  pthread_barrier_wait(job->begin);
  for (int i = job->first; i < job->count && now() < job->until; i += job->step) {
    small_name(name, job->name, i);
    if (job->upwards) small_up(job, name, i, block);
    else small_down(job, name, i, block);
    job->done++;
  }
  free(block);
  return NULL;
}

/* PORT retr|stor FOLDER FILES SESSIONS SECONDS [verify]: seconds and files. */
static int verb_small(int words_count, char **words) {
  int count = atoi(words[4]), done = 0;
  struct job *jobs = room((size_t)count * sizeof *jobs);
  pthread_t *threads = room((size_t)count * sizeof *threads);
  for (int i = 0; i < count; i++) {
    jobs[i].upwards = !strcmp(words[1], "stor");
    jobs[i].verify = words_count > 6;
    snprintf(jobs[i].name, sizeof jobs[i].name, "%s", words[2]);
    jobs[i].first = i, jobs[i].step = count, jobs[i].count = atoi(words[3]);
  }
  open_jobs(jobs, threads, atoi(words[0]), count, run_small);
  for (int i = 0; i < count; i++) jobs[i].until = now() + atof(words[5]);
  double seconds = begin_jobs(jobs, threads, count);
  for (int i = 0; i < count; i++) done += jobs[i].done;
  stage_numbers(seconds, done);
  close_jobs(jobs, count);
  return 0;
}

/* FOLDER FILES */
static int verb_make_small(int words_count, char **words) {
  uint8_t block[SMALL_FILE];
  char name[300];
  (void)words_count;
  for (int i = 0; i < atoi(words[1]); i++) {
    small_name(name, words[0], i);
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    fill(block, sizeof block, (uint64_t)i * SMALL_FILE);
    if (file < 0 || write(file, block, sizeof block) != SMALL_FILE) {
      die("cannot write %s: %s", name, strerror(errno));
    }
    close(file);
  }
  return 0;
}

/* FOLDER FILES */
static int verb_check_small(int words_count, char **words) {
  uint8_t block[SMALL_FILE + 1];
  char name[300];
  (void)words_count;
  for (int i = 0; i < atoi(words[1]); i++) {
    small_name(name, words[0], i);
    int file = open(name, O_RDONLY);
    if (file < 0) die("cannot open %s: %s", name, strerror(errno));
    ssize_t size = read(file, block, sizeof block);
    if (size != SMALL_FILE) die("%s holds %zd bytes", name, size);
    compare(block, SMALL_FILE, (uint64_t)i * SMALL_FILE);
    close(file);
  }
  return 0;
}
