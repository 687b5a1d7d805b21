/* What was sent and what came back, with latencies to the microsecond. */
#ifndef TALLY_H
#define TALLY_H

#include <sys/resource.h>
#include "wire.h"

#define LONGEST_US 2000000

typedef struct {
  long sent, received, octets, lost, nxdomain, servfail, truncated, bad;
  double sum_us, max_us;
  double elapsed; /* seconds in which queries were sent */
  uint32_t by_us[LONGEST_US];
} tally_t;

/* Counts a response to `query`: `bad` when it is none, or answers another question. */
static inline void count_response(tally_t *tally, const query_t *query, const uint8_t *response,
                                  int length, double waited) {
  double us = waited * 1e6;
  int question = query->length - HEADER;
  tally->received++;
  tally->octets += length;
  if (length < query->length || !(response[2] & 0x80) ||
      memcmp(response + HEADER, query->octets + HEADER, question))
    tally->bad++;
  int rcode = response[3] & 15;
  tally->nxdomain += rcode == 3;
  tally->servfail += rcode == 2;
  tally->truncated += (response[2] & 2) != 0;
  tally->sum_us += us;
  if (us > tally->max_us) tally->max_us = us;
  int slot = us < 0 ? 0 : us >= LONGEST_US ? LONGEST_US - 1 : (int)us;
  tally->by_us[slot]++;
}

static inline int percentile(const tally_t *tally, double share) {
  long wanted = (long)(tally->received * share), seen = 0;
  for (int us = 0; us < LONGEST_US; us++)
    if ((seen += tally->by_us[us]) > wanted) return us;
  return LONGEST_US;
}

static inline void print_tally(const tally_t *tally) {
  double elapsed = tally->elapsed;
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  double cpu = used.ru_utime.tv_sec + used.ru_stime.tv_sec +
               (used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
  printf("{\"qps\":%.0f,\"sent\":%ld,\"received\":%ld,\"lost\":%ld,\"nxdomain\":%ld,"
         "\"servfail\":%ld,\"truncated\":%ld,\"bad\":%ld,\"octets\":%ld,\"mean_us\":%.1f,\"p50_us\":%d,"
         "\"p90_us\":%d,\"p99_us\":%d,\"p999_us\":%d,\"max_us\":%.0f,\"seconds\":%.3f,"
         "\"cpu_share\":%.3f}\n",
         tally->received / elapsed, tally->sent, tally->received, tally->lost, tally->nxdomain,
         tally->servfail, tally->truncated, tally->bad, tally->octets,
         tally->received ? tally->sum_us / tally->received : 0, percentile(tally, .5),
         percentile(tally, .9), percentile(tally, .99), percentile(tally, .999), tally->max_us,
         elapsed, cpu / elapsed);
}

#endif
