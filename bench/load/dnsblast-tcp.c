/* The generator's two ways over TCP: pipelined on few connections, or a connection a query. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include "options.h"
#include "tally.h"

#define SLOTS 4096
#define ROOM (256 << 10)
#define MAX_EVENTS 64

typedef struct {
  int socket, outstanding, next_slot, in_length, out_length;
  uint8_t busy[SLOTS];
  int query[SLOTS];
  double sent_at[SLOTS];
  uint8_t in[ROOM], out[ROOM];
} connection_t;

static int open_connection(const options_t *options) {
  int one = 1;
  int opened = socket(options->server.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(opened, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(opened, (const struct sockaddr *)&options->server, options->server_length) &&
      errno != EINPROGRESS) {
    perror("connect");
    exit(1);
  }
  return opened;
}

/* Appends one framed query; the id is the slot it will come back with. */
static void append_query(connection_t *connection, const query_t *queries, int count, int *next) {
  while (connection->busy[connection->next_slot])
    connection->next_slot = (connection->next_slot + 1) % SLOTS;
  int slot = connection->next_slot;
  const query_t *query = &queries[*next];
  uint8_t *out = connection->out + connection->out_length;
  out[0] = (uint8_t)(query->length >> 8);
  out[1] = (uint8_t)query->length;
  memcpy(out + 2, query->octets, query->length);
  out[2] = (uint8_t)(slot >> 8);
  out[3] = (uint8_t)slot;
  connection->out_length += query->length + 2;
  connection->busy[slot] = 1;
  connection->query[slot] = *next;
  connection->sent_at[slot] = seconds();
  connection->outstanding++;
  *next = (*next + 1) % count;
}

static void flush_out(connection_t *connection) {
  ssize_t written = send(connection->socket, connection->out, connection->out_length, MSG_NOSIGNAL);
  if (written <= 0) return;
  connection->out_length -= (int)written;
  memmove(connection->out, connection->out + written, connection->out_length);
}

/* Reads what is there and counts whole messages; -1 when the other side has closed. */
static int read_in(connection_t *connection, const query_t *queries, tally_t *tally) {
  ssize_t got = recv(connection->socket, connection->in + connection->in_length,
                     ROOM - connection->in_length, 0);
  if (got == 0 || (got < 0 && errno != EAGAIN)) return -1;
  if (got < 0) return 0;
  connection->in_length += (int)got;
  double now = seconds();
  int at = 0;
  while (connection->in_length - at >= 2) {
    const uint8_t *message = connection->in + at;
    int length = message[0] << 8 | message[1];
    if (connection->in_length - at < length + 2) break;
    int slot = message[2] << 8 | message[3];
    if (length >= HEADER && slot < SLOTS && connection->busy[slot]) {
      connection->busy[slot] = 0;
      connection->outstanding--;
      count_response(tally, &queries[connection->query[slot]], message + 2, length,
                     now - connection->sent_at[slot]);
    } else tally->bad++;
    at += length + 2;
  }
  connection->in_length -= at;
  memmove(connection->in, connection->in + at, connection->in_length);
  return 0;
}

void blast_tcp(const options_t *options, const query_t *queries, int count, tally_t *tally) {
  connection_t **connections = calloc(options->clients, sizeof *connections);
  struct pollfd *polled = calloc(options->clients, sizeof *polled);
  int next = 0, window = options->window / options->clients;
  if (window > SLOTS / 2) window = SLOTS / 2;
  for (int at = 0; at < options->clients; at++) {
    connections[at] = calloc(1, sizeof **connections);
    connections[at]->socket = open_connection(options);
    polled[at] = (struct pollfd){.fd = connections[at]->socket, .events = POLLOUT};
  }
  poll(polled, options->clients, 1000);
  double started = seconds();
  while (seconds() < started + options->length) {
    for (int at = 0; at < options->clients; at++) {
      connection_t *connection = connections[at];
      while (connection->outstanding < window && connection->out_length < ROOM - 2 * MAX_QUERY) {
        append_query(connection, queries, count, &next);
        tally->sent++;
      }
      if (connection->out_length > 0) flush_out(connection);
      if (read_in(connection, queries, tally) == 0) {
        polled[at].events = connection->out_length > 0 ? POLLIN | POLLOUT : POLLIN;
        continue;
      }
      /* Closed by the server: what was under way is lost, a new connection takes its place. */
      tally->lost += connection->outstanding;
      close(connection->socket);
      memset(connection, 0, sizeof *connection);
      connection->socket = open_connection(options);
      polled[at] = (struct pollfd){.fd = connection->socket, .events = POLLOUT};
    }
    poll(polled, options->clients, 1);
  }
  tally->elapsed = seconds() - started;
}

typedef struct {
  int socket, query, in_length;
  double started;
  uint8_t in[2048];
} visit_t;

static void begin_visit(visit_t *visit, const options_t *options, int loop, int query) {
  struct epoll_event event = {.events = EPOLLOUT, .data.ptr = visit};
  struct linger abrupt = {1, 0};
  *visit = (visit_t){.socket = open_connection(options), .query = query, .started = seconds()};
  /* Closing with a reset leaves no connection in TIME_WAIT, so ports do not run out. */
  setsockopt(visit->socket, SOL_SOCKET, SO_LINGER, &abrupt, sizeof abrupt);
  epoll_ctl(loop, EPOLL_CTL_ADD, visit->socket, &event);
}

static void send_visit(visit_t *visit, const query_t *query, int loop) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = visit};
  uint8_t framed[MAX_QUERY + 2] = {(uint8_t)(query->length >> 8), (uint8_t)query->length};
  memcpy(framed + 2, query->octets, query->length);
  send(visit->socket, framed, query->length + 2, MSG_NOSIGNAL);
  epoll_ctl(loop, EPOLL_CTL_MOD, visit->socket, &event);
}

/* 1 when the visit is over, with a response or without. */
static int read_visit(visit_t *visit, const query_t *query, tally_t *tally) {
  ssize_t got = recv(visit->socket, visit->in + visit->in_length,
                     sizeof visit->in - visit->in_length, 0);
  if (got < 0 && errno == EAGAIN) return 0;
  if (got <= 0) {
    tally->lost++;
    return 1;
  }
  visit->in_length += (int)got;
  int length = visit->in_length < 2 ? 0xffff : visit->in[0] << 8 | visit->in[1];
  if (visit->in_length < length + 2) return 0;
  count_response(tally, query, visit->in + 2, length, seconds() - visit->started);
  return 1;
}

void blast_tcp_connect(const options_t *options, const query_t *queries, int count, tally_t *tally) {
  int loop = epoll_create1(0), next = 0;
  visit_t *visits = calloc(options->window, sizeof *visits);
  for (int at = 0; at < options->window; at++, next = (next + 1) % count, tally->sent++)
    begin_visit(&visits[at], options, loop, next);
  double started = seconds();
  while (seconds() < started + options->length) {
    struct epoll_event events[MAX_EVENTS];
    int ready = epoll_wait(loop, events, MAX_EVENTS, 10);
    for (int at = 0; at < ready; at++) {
      visit_t *visit = events[at].data.ptr;
      if (events[at].events & EPOLLOUT) send_visit(visit, &queries[visit->query], loop);
      else if (read_visit(visit, &queries[visit->query], tally)) {
        close(visit->socket);
        next = (next + 1) % count;
        tally->sent++;
        begin_visit(visit, options, loop, next);
      }
    }
  }
  tally->elapsed = seconds() - started;
}
