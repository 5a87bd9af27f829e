/* How a verb lets its caller look at the server in between: it prints a line,
 * and goes on when it gets one, or when stdin ends. */

static int next_line(char *line, int size) {
  return fgets(line, size, stdin) != NULL;
}

static void stage(const char *text) {
  char line[64];
  puts(text);
  fflush(stdout);
  next_line(line, sizeof line);
}

/* What was measured, while the sessions still stand. */
static void stage_numbers(double first, double second) {
  char text[64];
  snprintf(text, sizeof text, "%.6f %.6f", first, second);
  stage(text);
}
