// The agent's helper threads: work that may block for long (the disk) and shares nothing but descriptors.
#define _GNU_SOURCE 1
#include "CSys.h"
#include <pthread.h>
#include <sys/resource.h>

typedef struct {
    int request, reply;
} channel;

static bool read_whole(int fd, void *into, size_t count) {
    size_t got = 0;
    while (got < count) {
        ssize_t n = read(fd, (char *)into + got, count - got);
        if (n > 0) got += (size_t)n;
        else if (n == 0 || errno != EINTR) return false;
    }
    return true;
}

static void *sync_loop(void *argument) {
    channel own = *(channel *)argument;
    free(argument);
    int32_t fd;
    while (read_whole(own.request, &fd, sizeof fd)) {
        int32_t error = fdatasync(fd) == 0 ? 0 : errno;
        if (write(own.reply, &error, sizeof error) != sizeof error) break;
    }
    return NULL;
}

static void *remove_loop(void *argument) {
    channel own = *(channel *)argument;
    free(argument);
    char path[64];
    while (read_whole(own.request, path, sizeof path)) {
        path[63] = 0;
        cs_remove_tree(path);
    }
    return NULL;
}

static int start(void *(*loop)(void *), int request, int reply) {
    channel *own = malloc(sizeof *own);
    if (!own) return ENOMEM;
    own->request = request;
    own->reply = reply;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 128 << 10);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t thread;
    int failed = pthread_create(&thread, &attributes, loop, own);
    pthread_attr_destroy(&attributes);
    if (failed) free(own);
    return failed;
}
int cs_start_sync_thread(int request_fd, int reply_fd) { return start(sync_loop, request_fd, reply_fd); }
int cs_start_remove_thread(int request_fd) { return start(remove_loop, request_fd, -1); }
