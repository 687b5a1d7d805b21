/*
 * The machine's limit: a bare responder that copies ready responses, batches of 64 by recvmmsg and
 * sendmmsg. It shuffles nothing, counts nothing and reads no option.
 *
 * usage: responder PORT FILE. The file holds a whole response for each question:
 * u16 length (little-endian), then the octets of the message.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include "wire.h"

#define BATCH 64
#define OCTETS 1536

typedef struct {
  uint32_t hash;
  uint16_t question, length;
  const uint8_t *response;
} entry_t;

static entry_t *table;
static uint32_t mask;

static int question_length(const uint8_t *message, int length) {
  int at = HEADER;
  while (at < length && message[at]) at += message[at] + 1;
  at += 5;
  return at > length ? 0 : at - HEADER;
}

static uint32_t hash_question(const uint8_t *octets, int length) {
  uint32_t hash = 2166136261u;
  for (int at = 0; at < length; at++) hash = (hash ^ octets[at]) * 16777619u;
  return hash;
}

static entry_t *find(const uint8_t *question, int length, uint32_t hash) {
  uint32_t at = hash & mask;
  while (table[at].response &&
         (table[at].hash != hash || table[at].question != length ||
          memcmp(table[at].response + HEADER, question, length)))
    at = (at + 1) & mask;
  return &table[at];
}

static void read_table(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    exit(1);
  }
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  uint8_t *octets = malloc(size);
  if (fread(octets, 1, size, file) != (size_t)size) exit(1);
  fclose(file);
  mask = (1u << 17) - 1;
  table = calloc(mask + 1, sizeof *table);
  for (long at = 0; at + 2 <= size;) {
    uint16_t length = octets[at] | octets[at + 1] << 8;
    const uint8_t *response = octets + at + 2;
    int question = question_length(response, length);
    uint32_t hash = hash_question(response + HEADER, question);
    *find(response + HEADER, question, hash) = (entry_t){hash, question, length, response};
    at += length + 2;
  }
}

static int respond(const uint8_t *query, int length, uint8_t *out) {
  int question = question_length(query, length);
  if (length < HEADER || question == 0) return 0;
  uint32_t hash = hash_question(query + HEADER, question);
  const entry_t *entry = find(query + HEADER, question, hash);
  if (!entry->response) return 0;
  memcpy(out, entry->response, entry->length);
  out[0] = query[0];
  out[1] = query[1];
  return entry->length;
}

static int bound_socket(int port) {
  int octets = 4 << 20;
  int bound = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(bound, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
  if (bind(bound, (const struct sockaddr *)&address, sizeof address)) {
    perror("bind");
    exit(1);
  }
  return bound;
}

int main(int count, char **words) {
  static uint8_t in[BATCH][OCTETS], out[BATCH][OCTETS];
  static struct sockaddr_in peers[BATCH];
  static struct iovec in_parts[BATCH], out_parts[BATCH];
  static struct mmsghdr incoming[BATCH], outgoing[BATCH];
  if (count != 3) return 2;
  read_table(words[2]);
  int served = bound_socket(atoi(words[1]));
  for (int at = 0; at < BATCH; at++)
    in_parts[at] = (struct iovec){.iov_base = in[at], .iov_len = OCTETS};
  for (;;) {
    for (int at = 0; at < BATCH; at++)
      incoming[at].msg_hdr = (struct msghdr){.msg_name = &peers[at], .msg_namelen = sizeof peers[at],
                                             .msg_iov = &in_parts[at], .msg_iovlen = 1};
    int received = recvmmsg(served, incoming, BATCH, MSG_WAITFORONE, NULL), ready = 0;
    for (int at = 0; at < received; at++) {
      int length = respond(in[at], incoming[at].msg_len, out[ready]);
      if (length == 0) continue;
      out_parts[ready] = (struct iovec){.iov_base = out[ready], .iov_len = length};
      outgoing[ready].msg_hdr = (struct msghdr){.msg_name = &peers[at],
                                                .msg_namelen = sizeof peers[at],
                                                .msg_iov = &out_parts[ready], .msg_iovlen = 1};
      ready++;
    }
    for (int sent = 0; sent < ready;) {
      int now = sendmmsg(served, outgoing + sent, ready - sent, 0);
      if (now <= 0) break;
      sent += now;
    }
  }
}
