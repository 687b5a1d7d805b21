/* The command line of the generator. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>
#include "wire.h"

typedef struct {
  struct sockaddr_storage server;
  socklen_t server_length;
  const char *queries;
  const char *mode; /* udp, tcp, tcp-connect */
  double length;    /* seconds */
  int window;       /* queries outstanding in all */
  double rate;      /* queries a second; 0 means as many as the window lets through */
  int clients;      /* sockets or connections */
} options_t;

/* IPv4, IPv6, or a name that stands for one of them. */
static inline void find_server(options_t *options, const char *host, const char *port) {
  struct addrinfo hints = {.ai_socktype = SOCK_DGRAM}, *found;
  int failure = getaddrinfo(host, port, &hints, &found);
  if (failure) {
    fprintf(stderr, "%s port %s: %s\n", host, port, gai_strerror(failure));
    exit(2);
  }
  memcpy(&options->server, found->ai_addr, found->ai_addrlen);
  options->server_length = found->ai_addrlen;
  freeaddrinfo(found);
}

static inline options_t read_options(int count, char **words) {
  options_t options = {.mode = "udp", .length = 5, .window = 200, .clients = 4};
  const char *host = "127.0.0.1", *port = NULL;
  for (int letter; (letter = getopt(count, words, "s:p:d:m:l:w:r:c:")) != -1;) {
    switch (letter) {
      case 's': host = optarg; break;
      case 'p': port = optarg; break;
      case 'd': options.queries = optarg; break;
      case 'm': options.mode = optarg; break;
      case 'l': options.length = atof(optarg); break;
      case 'w': options.window = atoi(optarg); break;
      case 'r': options.rate = atof(optarg); break;
      case 'c': options.clients = atoi(optarg); break;
      default: exit(2);
    }
  }
  if (!options.queries || !port) {
    fprintf(stderr,
            "usage: dnsblast -p PORT -d FILE [-s ADDRESS] [-m udp|tcp|tcp-connect] [-l SECONDS]\n"
            "                [-w WINDOW] [-r RATE] [-c CLIENTS]\n");
    exit(2);
  }
  find_server(&options, host, port);
  return options;
}

#endif
