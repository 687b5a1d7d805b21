/*
 * A DNS load generator with latency percentiles, one thread, one core.
 *
 * Closed loop: WINDOW queries outstanding, the next one when a response comes. With many outstanding
 * it never sleeps: a server would pay for waking it, a slow one more often than a fast one, and in a
 * virtual machine that costs microseconds. Open loop (-r): RATE
 * queries a second whatever the server does, latency counted from the moment a query was due, so
 * that a stalled server is not spared. Prints one line of JSON.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/socket.h>
#include "options.h"
#include "tally.h"

void blast_tcp(const options_t *options, const query_t *queries, int count, tally_t *tally);
void blast_tcp_connect(const options_t *options, const query_t *queries, int count, tally_t *tally);

#define MAX_CLIENTS 256
#define SLOTS 4096 /* ids in use at once on one socket */
#define BATCH 64
#define LOST_AFTER 2.0

typedef struct {
  int socket;
  int outstanding;
  int next_slot;
  uint8_t busy[SLOTS];
  int query[SLOTS];
  double due[SLOTS];
} client_t;

static client_t *clients[MAX_CLIENTS];
static struct pollfd polled[MAX_CLIENTS];
static struct mmsghdr outgoing[BATCH], incoming[BATCH];
static struct iovec out_parts[BATCH], in_parts[BATCH];
static query_t out_queries[BATCH];
static uint8_t in_octets[BATCH][4096];

static void prepare_batches(void) {
  for (int at = 0; at < BATCH; at++) {
    out_parts[at].iov_base = out_queries[at].octets;
    in_parts[at] = (struct iovec){.iov_base = in_octets[at], .iov_len = sizeof in_octets[at]};
    outgoing[at].msg_hdr = (struct msghdr){.msg_iov = &out_parts[at], .msg_iovlen = 1};
    incoming[at].msg_hdr = (struct msghdr){.msg_iov = &in_parts[at], .msg_iovlen = 1};
  }
}

static void open_clients(const options_t *options) {
  for (int at = 0; at < options->clients; at++) {
    int octets = 4 << 20;
    client_t *client = calloc(1, sizeof *client);
    client->socket = socket(options->server.ss_family, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    setsockopt(client->socket, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
    setsockopt(client->socket, SOL_SOCKET, SO_SNDBUF, &octets, sizeof octets);
    if (connect(client->socket, (const struct sockaddr *)&options->server, options->server_length)) {
      perror("connect");
      exit(1);
    }
    clients[at] = client;
    polled[at] = (struct pollfd){.fd = client->socket, .events = POLLIN};
  }
}

static int free_slot(client_t *client) {
  while (client->busy[client->next_slot]) client->next_slot = (client->next_slot + 1) % SLOTS;
  return client->next_slot;
}

/* Sends up to `wanted` queries; `due` is when each should have left, or 0 for now. */
static int send_batch(client_t *client, const query_t *queries, int count, int *next_query,
                      int wanted, double now, const double *due) {
  int batch = wanted < BATCH ? wanted : BATCH;
  if (batch > SLOTS / 2 - client->outstanding) batch = SLOTS / 2 - client->outstanding;
  for (int at = 0; at < batch; at++) {
    int slot = free_slot(client);
    out_queries[at] = queries[*next_query];
    out_queries[at].octets[0] = (uint8_t)(slot >> 8);
    out_queries[at].octets[1] = (uint8_t)slot;
    out_parts[at].iov_len = out_queries[at].length;
    client->busy[slot] = 1;
    client->query[slot] = *next_query;
    client->due[slot] = due ? due[at] : now;
    *next_query = (*next_query + 1) % count;
  }
  int sent = batch > 0 ? sendmmsg(client->socket, outgoing, batch, 0) : 0;
  if (sent < 0) sent = 0;
  for (int at = sent; at < batch; at++)
    client->busy[out_queries[at].octets[0] << 8 | out_queries[at].octets[1]] = 0;
  client->outstanding += sent;
  return sent;
}

static int receive_batch(client_t *client, const query_t *queries, tally_t *tally) {
  int received = recvmmsg(client->socket, incoming, BATCH, MSG_DONTWAIT, NULL);
  double now = received > 0 ? seconds() : 0;
  for (int at = 0; at < received; at++) {
    const uint8_t *octets = in_octets[at];
    int slot = octets[0] << 8 | octets[1];
    if (incoming[at].msg_len < HEADER || slot >= SLOTS || !client->busy[slot]) {
      tally->bad++;
      continue;
    }
    client->busy[slot] = 0;
    client->outstanding--;
    count_response(tally, &queries[client->query[slot]], octets, incoming[at].msg_len,
                   now - client->due[slot]);
  }
  return received > 0 ? received : 0;
}

static void give_up_late(client_t *client, double now, double after, tally_t *tally) {
  for (int slot = 0; slot < SLOTS; slot++) {
    if (!client->busy[slot] || now - client->due[slot] < after) continue;
    client->busy[slot] = 0;
    client->outstanding--;
    tally->lost++;
  }
}

/* How many queries a client may send now; in the open loop also when each was due. */
static int allowance(const options_t *options, const client_t *client, int at, const tally_t *tally,
                     double started, double now, double *due) {
  if (options->rate == 0) return options->window / options->clients - client->outstanding;
  long behind = (long)((now - started) * options->rate) - tally->sent;
  int share = behind <= 0 ? 0 : (int)((behind + options->clients - 1 - at) / options->clients);
  if (share > BATCH) share = BATCH;
  for (int n = 0; n < share; n++) due[n] = started + (tally->sent + n) / options->rate;
  return share;
}

static void rest(const options_t *options, const tally_t *tally, double started) {
  double wait = 1e-3;
  if (options->rate == 0 && options->window > 1) return;
  if (options->rate > 0) wait = started + (tally->sent + 1) / options->rate - seconds();
  if (wait <= 0) return;
  struct timespec pause = {0, (long)((wait > 5e-4 ? 5e-4 : wait) * 1e9)};
  ppoll(polled, options->clients, &pause, NULL);
}

static int outstanding(const options_t *options) {
  int sum = 0;
  for (int at = 0; at < options->clients; at++) sum += clients[at]->outstanding;
  return sum;
}

static void blast_udp(const options_t *options, const query_t *queries, int count, tally_t *tally) {
  double started = seconds(), swept = started, due[BATCH];
  int next_query = 0;
  prepare_batches();
  open_clients(options);
  for (double now; (now = seconds()) < started + options->length;) {
    int moved = 0;
    for (int at = 0; at < options->clients; at++) {
      client_t *client = clients[at];
      int wanted = allowance(options, client, at, tally, started, now, due);
      int sent = wanted <= 0 ? 0
                             : send_batch(client, queries, count, &next_query, wanted, now,
                                          options->rate > 0 ? due : NULL);
      tally->sent += sent;
      moved += sent + receive_batch(client, queries, tally);
    }
    if (now - swept > 0.25) {
      swept = now;
      for (int at = 0; at < options->clients; at++)
        give_up_late(clients[at], now, LOST_AFTER, tally);
    }
    if (!moved) rest(options, tally, started);
  }
  tally->elapsed = seconds() - started;
  /* What is still under way gets a moment; what then is missing is lost. */
  for (double end = seconds() + 0.3; outstanding(options) > 0 && seconds() < end;)
    for (int at = 0; at < options->clients; at++) receive_batch(clients[at], queries, tally);
  for (int at = 0; at < options->clients; at++) give_up_late(clients[at], seconds(), 0, tally);
}

int main(int count_words, char **words) {
  static tally_t tally;
  options_t options = read_options(count_words, words);
  int count;
  query_t *queries = read_queries(options.queries, &count);
  if (options.clients > MAX_CLIENTS) options.clients = MAX_CLIENTS;
  if (options.window < options.clients) options.clients = options.window;
  if (!strcmp(options.mode, "tcp")) blast_tcp(&options, queries, count, &tally);
  else if (!strcmp(options.mode, "tcp-connect")) blast_tcp_connect(&options, queries, count, &tally);
  else blast_udp(&options, queries, count, &tally);
  print_tally(&tally);
  return 0;
}
