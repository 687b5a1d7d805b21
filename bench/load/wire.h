/* What the generator and the responder share: files of queries, and time. */
#ifndef WIRE_H
#define WIRE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_QUERY 300
#define HEADER 12

typedef struct {
  uint16_t length;
  uint8_t octets[MAX_QUERY];
} query_t;

static inline double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

static inline int type_code(const char *name) {
  static const struct { const char *name; int code; } types[] = {
      {"A", 1}, {"NS", 2}, {"SOA", 6}, {"TXT", 16}, {"AAAA", 28}, {"SRV", 33}, {"ANY", 255}};
  for (size_t at = 0; at < sizeof types / sizeof *types; at++)
    if (!strcmp(name, types[at].name)) return types[at].code;
  return 0;
}

/* Writes the query for a line "name TYPE", RD set, without EDNS; 0 when the line is none. */
static inline int write_query(char *line, query_t *query) {
  char *space = strchr(line, ' ');
  if (!space) return 0;
  *space = 0;
  char *type = space + 1;
  type[strcspn(type, "\r\n")] = 0;
  uint8_t *out = query->octets;
  memset(out, 0, HEADER);
  out[2] = 1; /* RD */
  out[5] = 1; /* one question */
  int at = HEADER;
  for (char *label = line; *label;) {
    int length = (int)strcspn(label, ".");
    if (length == 0 || length > 63 || at + length + 6 > MAX_QUERY) break;
    out[at++] = (uint8_t)length;
    memcpy(out + at, label, length);
    at += length;
    label += length;
    if (*label == '.') label++;
  }
  int code = type_code(type);
  out[at++] = 0;
  out[at++] = (uint8_t)(code >> 8);
  out[at++] = (uint8_t)code;
  out[at++] = 0;
  out[at++] = 1; /* class IN */
  query->length = (uint16_t)at;
  return code != 0;
}

static inline query_t *read_queries(const char *path, int *count) {
  FILE *file = fopen(path, "r");
  if (!file) {
    perror(path);
    exit(1);
  }
  int room = 1024;
  query_t *queries = malloc(room * sizeof *queries);
  char line[512];
  *count = 0;
  while (fgets(line, sizeof line, file)) {
    if (*count == room) queries = realloc(queries, (room *= 2) * sizeof *queries);
    if (write_query(line, &queries[*count])) (*count)++;
  }
  fclose(file);
  if (*count == 0) {
    fprintf(stderr, "%s: no queries\n", path);
    exit(1);
  }
  return queries;
}

#endif
