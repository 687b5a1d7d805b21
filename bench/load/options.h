/* The command line of the generator. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>
#include "wire.h"

typedef struct {
  struct sockaddr_in server;
  const char *queries;
  const char *mode; /* udp, tcp, tcp-connect */
  double length;    /* seconds */
  int window;       /* queries outstanding in all */
  double rate;      /* queries a second; 0 means as many as the window lets through */
  int clients;      /* sockets or connections */
} options_t;

static inline options_t read_options(int count, char **words) {
  options_t options = {.mode = "udp", .length = 5, .window = 200, .clients = 4};
  options.server.sin_family = AF_INET;
  options.server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int letter; (letter = getopt(count, words, "s:p:d:m:l:w:r:c:")) != -1;) {
    switch (letter) {
      case 's': inet_pton(AF_INET, optarg, &options.server.sin_addr); break;
      case 'p': options.server.sin_port = htons(atoi(optarg)); break;
      case 'd': options.queries = optarg; break;
      case 'm': options.mode = optarg; break;
      case 'l': options.length = atof(optarg); break;
      case 'w': options.window = atoi(optarg); break;
      case 'r': options.rate = atof(optarg); break;
      case 'c': options.clients = atoi(optarg); break;
      default: exit(2);
    }
  }
  if (!options.queries || !options.server.sin_port) {
    fprintf(stderr,
            "usage: dnsblast -p PORT -d FILE [-s ADDRESS] [-m udp|tcp|tcp-connect] [-l SECONDS]\n"
            "                [-w WINDOW] [-r RATE] [-c CLIENTS]\n");
    exit(2);
  }
  return options;
}

#endif
