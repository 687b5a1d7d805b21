/* Looks a name up as programs do: `look-up 4|6|any NAME`, one address a line, or the error's number. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(int count, char **words)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list;
    char text[INET6_ADDRSTRLEN];
    if (count != 3) return 2;
    if (!strcmp(words[1], "4")) hints.ai_family = AF_INET;
    if (!strcmp(words[1], "6")) hints.ai_family = AF_INET6;
    int error = getaddrinfo(words[2], NULL, &hints, &list);
    if (error) return printf("%s\n", gai_strerror(error)), 1;
    for (; list; list = list->ai_next) {
        void *address = list->ai_family == AF_INET
            ? (void *)&((struct sockaddr_in *)list->ai_addr)->sin_addr
            : (void *)&((struct sockaddr_in6 *)list->ai_addr)->sin6_addr;
        puts(inet_ntop(list->ai_family, address, text, sizeof text));
    }
    return 0;
}
