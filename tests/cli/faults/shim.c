// Loaded before the C library: ends the process, or lets a call fail, at the n-th call that changes something in a folder of results.
//
// LONGLAG_FAULT is `count FILE`, which writes the number of such calls at the end; `kill N`; `torn N`, which writes half and then ends;
// `fail N M ERRNO`, by which the calls from the N-th on, M of them, fail; or `foldersync`, by which no folder can be synced.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long calls;
static char kind[16], file[4096];
static long from, many, number;

__attribute__((constructor)) static void begin(void) {
    const char *told = getenv("LONGLAG_FAULT");
    if (!told) return;
    sscanf(told, "%15s", kind);
    if (!strcmp(kind, "count")) sscanf(told, "%*s %4095s", file);
    else sscanf(told, "%*s %ld %ld %ld", &from, &many, &number);
}

__attribute__((destructor)) static void end(void) {
    if (strcmp(kind, "count")) return;
    FILE *out = fopen(file, "w");
    if (out) { fprintf(out, "%ld", atomic_load(&calls)); fclose(out); }
}

static int watched(const char *path) { return kind[0] && path && strstr(path, "results/") && !strstr(path, ".so"); }

static int watched_fd(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return watched(path);
}

// 0: go on; 1: fail with errno; 2: write half, then die.
static int fault(void) {
    long n = atomic_fetch_add(&calls, 1) + 1;
    if (!strcmp(kind, "kill") && n == from) kill(getpid(), SIGKILL);
    if (!strcmp(kind, "torn") && n >= from) return 2;
    if (!strcmp(kind, "fail") && n >= from && n < from + many) { errno = (int)number; return 1; }
    return 0;
}

#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *bytes, size_t length) {
    REAL(write);
    if (fd > 2 && watched_fd(fd)) {
        int found = fault();
        if (found == 1) {
            // As a full disk does: something is still written.
            if (number == ENOSPC && length > 1) real(fd, bytes, length / 2);
            errno = (int)number;
            return -1;
        }
        if (found == 2) { real(fd, bytes, length / 2); kill(getpid(), SIGKILL); }
    }
    return real(fd, bytes, length);
}

#define ON_FD(name, type, args, call) \
    int name args { REAL(name); if (watched_fd(fd)) { int found = fault(); if (found == 1) return -1; if (found == 2) kill(getpid(), SIGKILL); } return real call; }
static int is_folder(int fd) {
    struct stat found;
    return !fstat(fd, &found) && S_ISDIR(found.st_mode);
}

int fsync(int fd) {
    REAL(fsync);
    if (watched_fd(fd)) {
        if (!strcmp(kind, "foldersync") && is_folder(fd)) { errno = EINVAL; return -1; }
        int found = fault();
        if (found == 1) return -1;
        if (found == 2) kill(getpid(), SIGKILL);
    }
    return real(fd);
}
ON_FD(fdatasync, int, (int fd), (fd))
ON_FD(ftruncate64, int, (int fd, off64_t length), (fd, length))

#define ON_PATH(name, args, path, call) \
    int name args { REAL(name); if (watched(path)) { int found = fault(); if (found == 1) return -1; if (found == 2) kill(getpid(), SIGKILL); } return real call; }
ON_PATH(rename, (const char *old, const char *new), new, (old, new))
ON_PATH(unlink, (const char *path), path, (path))
ON_PATH(mkdir, (const char *path, mode_t mode), path, (path, mode))

int open64(const char *path, int flags, ...) {
    REAL(open64);
    mode_t mode = 0;
    if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }
    // Opening for reading fails too, for want of file descriptors.
    if (watched(path)) { int found = fault(); if (found == 1) return -1; if (found == 2) kill(getpid(), SIGKILL); }
    return real(path, flags, mode);
}
