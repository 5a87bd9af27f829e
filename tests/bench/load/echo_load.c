/*
 * The benchmark's echo client: one small program for every server.
 *
 *   echo_load tcp PORT CONNECTIONS SIZE SECONDS [RATE] [verify]
 *   echo_load udp PORT WINDOW SIZE SECONDS [RATE] [verify]
 *   echo_load churn PORT CONNECTIONS SIZE SECONDS [0] [verify]
 *   echo_load idle PORT CONNECTIONS SIZE 0 [0] [verify]
 *
 * tcp: each connection sends its next message when the last one has come back.
 * udp: that many datagrams are under way; one that stays away for 0.25 s is
 * lost. churn: connect, echo one message, close. idle: connect, echo once,
 * print `idle`, stand still until stdin ends, echo again.
 *
 * As fast as it goes; with a RATE (messages a second) at that pace, and times
 * count from the moment when a message *should* have been sent, so that a
 * server that stalls pays for all it kept waiting. The bytes of every answer
 * are counted; with `verify` each is compared.
 *
 * Speaks to 127.0.0.1 only. Prints one line of JSON: messages (all of them),
 * rate (a second), p50 and p99 (microseconds), lost, stray (answers that came
 * when they had been given up), busy (the generator's share of its core). Ends
 * after a minute at the latest; `idle` after five.
 */
#define _GNU_SOURCE
#include "echo_base.h"
#include "echo_tcp.h"
#include "echo_udp.h"

static struct plan plan_from(int count, char **words) {
  struct plan plan = {
      .port = atoi(words[2]),
      .lanes = atoi(words[3]),
      .size = (size_t)atol(words[4]),
      .seconds = atof(words[5]),
      .rate = count > 6 ? atof(words[6]) : 0,
      .verify = count > 7 && !strcmp(words[7], "verify"),
  };
  if (plan.lanes < 1 || plan.lanes > MOST_LANES) die("how many?");
  if (plan.size < 16 || plan.size > SMALL_BLOCK) die("16 to 65536 bytes");
  if (plan.seconds < 0 || plan.seconds > 20) die("at most 20 seconds");
  return plan;
}

int main(int count, char **words) {
  if (count < 6) die("see echo_load.c");
  const char *mode = words[1];
  struct plan plan = plan_from(count, words);
  struct tally tally;
  double began = now(), processor = processor_seconds();
  int idle = !strcmp(mode, "idle");
  alarm(idle ? 300 : 60);
  if (idle) return hold(&plan, &tally), 0;
  if (!strcmp(mode, "tcp")) lockstep(&plan, &tally);
  else if (!strcmp(mode, "udp")) window(&plan, &tally);
  else if (!strcmp(mode, "churn")) churn(&plan, &tally);
  else die("what is %s?", mode);
  report(&tally, began, processor);
  return 0;
}
