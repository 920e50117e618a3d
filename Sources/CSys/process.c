// Processes, signals, start arguments.
#define _GNU_SOURCE 1
#include "CSys.h"
#include <linux/close_range.h>
#include <malloc.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>

static int saved_argc;
static char **saved_argv;
__attribute__((constructor)) static void save_arguments(int argc, char **argv, char **envp) {
    (void)envp;
    saved_argc = argc;
    saved_argv = argv;
}
int cs_argc(void) { return saved_argc; }
char **cs_argv(void) { return saved_argv; }
char **cs_environ(void) { return environ; }
int cs_errno(void) { return errno; }
const char *cs_error_text(int error) {
    const char *text = strerrordesc_np(error);
    return text ? text : "unknown error";
}

// Set once, these no longer move by themselves: glibc would keep more of the heap with each large block that is freed.
void cs_keep_heap_small(void) {
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_MMAP_THRESHOLD, 256 << 10);
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
}

int32_t cs_fork(void) { return fork(); }
int cs_subreaper(bool on) { return prctl(PR_SET_CHILD_SUBREAPER, on ? 1 : 0, 0, 0, 0); }
int cs_set_name(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }
int cs_close_range(unsigned first, unsigned last) {
    if (first > last) return 0;
    if (syscall(SYS_close_range, first, last, 0) == 0) return 0;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && last >= limit.rlim_cur) last = (unsigned)limit.rlim_cur;
    for (unsigned fd = first; fd <= last && fd < 1u << 20; fd++) close((int)fd);
    return 0;
}
int cs_pidfd_open(int32_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
int cs_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
int cs_memfd(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

int cs_send_number(int pidfd, int32_t pid, int32_t number) {
    if (pidfd >= 0) {
        siginfo_t info;
        memset(&info, 0, sizeof info);
        info.si_signo = SIGUSR1;
        info.si_code = SI_QUEUE;
        info.si_pid = getpid();
        info.si_uid = getuid();
        info.si_value.sival_int = number;
        return (int)syscall(SYS_pidfd_send_signal, pidfd, SIGUSR1, &info, 0);
    }
    union sigval value;
    value.sival_int = number;
    return sigqueue(pid, SIGUSR1, value);
}
int cs_send_signal(int pidfd, int32_t pid, int signal) {
    if (pidfd >= 0) return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
    return kill(pid, signal);
}

void cs_default_signals(void) {
    for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
}
void cs_ignore_sigpipe(void) { signal(SIGPIPE, SIG_IGN); }
void cs_block_all_signals(void) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
}
void cs_unblock_all_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static volatile sig_atomic_t termination;
static void note_termination(int number) {
    (void)number;
    termination = 1;
}
void cs_catch_termination(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = note_termination;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}
bool cs_termination_caught(void) { return termination != 0; }

static struct timespec span(int64_t ns) {
    struct timespec time = {ns / 1000000000, ns % 1000000000};
    return time;
}
int cs_poll(struct pollfd *fds, unsigned count, int64_t timeout_ns) {
    sigset_t mask;
    sigfillset(&mask);
    sigdelset(&mask, SIGTERM);
    sigdelset(&mask, SIGINT);
    sigdelset(&mask, SIGHUP);
    if (timeout_ns < 0) return ppoll(fds, count, NULL, &mask);
    struct timespec time = span(timeout_ns);
    return ppoll(fds, count, &time, &mask);
}
int cs_wait_signal(int64_t timeout_ns, int32_t *number) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGUSR1);
    siginfo_t info;
    memset(&info, 0, sizeof info);
    struct timespec time = span(timeout_ns < 0 ? 0 : timeout_ns);
    int found = sigtimedwait(&set, &info, timeout_ns < 0 ? NULL : &time);
    if (found == SIGUSR1) *number = info.si_code == SI_QUEUE ? info.si_value.sival_int : 0;
    return found < 0 ? 0 : found;
}

static uint64_t time_ns(struct timeval time) {
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_usec * 1000u;
}
int cs_wait_child(bool block, cs_child *child) {
    int status;
    struct rusage usage;
    pid_t pid;
    do pid = wait4(-1, &status, block ? __WALL : WNOHANG | __WALL, &usage);
    while (pid < 0 && errno == EINTR && block);
    if (pid <= 0) return pid == 0 ? 0 : -1;
    child->pid = pid;
    child->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    child->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    child->user_ns = time_ns(usage.ru_utime);
    child->system_ns = time_ns(usage.ru_stime);
    child->max_resident_bytes = (uint64_t)usage.ru_maxrss * 1024;
    return 1;
}
bool cs_is_child(int32_t pid) {
    siginfo_t info;
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}
int cs_raise_open_files(uint64_t *before) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
    *before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit);
}

void cs_sleep_ns(uint64_t ns) {
    struct timespec time = span((int64_t)ns);
    nanosleep(&time, NULL);
}
