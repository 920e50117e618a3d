// Gives the terminal back on every way out. Everything a handler touches is static and async-signal-safe.
#define _GNU_SOURCE 1
#include "CTerminalGuard.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static cn_guard_plan plan;
static volatile sig_atomic_t held, looping, capturing;
static unsigned arrived;
static void *alternate_stack;

static const int crash_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGQUIT};
static const int soft_signals[] = {SIGTERM, SIGHUP, SIGINT, SIGWINCH, SIGCONT, SIGTSTP};
enum { CRASHES = sizeof crash_signals / sizeof *crash_signals, SOFT = sizeof soft_signals / sizeof *soft_signals };
static struct sigaction before[NSIG];
static struct sigaction interrupt_before, quit_before;

/// Milliseconds that a terminal which takes nothing is waited for on the way out.
enum { PATIENCE = 1000 };

static void write_all(int fd, const char *bytes, size_t count) {
    while (count > 0) {
        struct pollfd ready = {.fd = fd, .events = POLLOUT};
        if (poll(&ready, 1, PATIENCE) == 0) return;
        ssize_t sent = write(fd, bytes, count);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return;
        bytes += sent;
        count -= (size_t)sent;
    }
}

static void show_errors(void) {
    char part[1024];
    off_t end = lseek(plan.captured_fd, 0, SEEK_END);
    off_t from = end > CN_ERROR_TAIL_BYTES ? end - CN_ERROR_TAIL_BYTES : 0;
    while (from < end) {
        ssize_t got = pread(plan.captured_fd, part, sizeof part, from);
        if (got <= 0) break;
        write_all(plan.error_fd, part, (size_t)got);
        from += got;
    }
    if (ftruncate(plan.captured_fd, 0) == 0) lseek(plan.captured_fd, 0, SEEK_SET);
}

static void give_back(void) {
    int kept = errno;
    if (held) {
        held = 0;
        tcsetattr(plan.input_fd, TCSANOW, &plan.saved);
        write_all(plan.output_fd, plan.restore, plan.restore_length);
        // Mouse reports under way would be typed into the shell.
        tcflush(plan.input_fd, TCIFLUSH);
    }
    if (capturing) {
        capturing = 0;
        dup2(plan.error_fd, STDERR_FILENO);
        show_errors();
    }
    errno = kept;
}

static void on_crash(int number) {
    give_back();
    // Whoever was there before (a backtrace printer, a core dump) finds a sane terminal.
    sigaction(number, &before[number], NULL);
    raise(number);
}

static unsigned bit_of(int number) {
    switch (number) {
    case SIGWINCH: return CN_ARRIVED_RESIZE;
    case SIGCONT: return CN_ARRIVED_CONTINUE;
    case SIGTSTP: return CN_ARRIVED_STOP;
    case SIGTERM: return CN_ARRIVED_TERMINATE;
    case SIGHUP: return CN_ARRIVED_HANGUP;
    default: return CN_ARRIVED_INTERRUPT;
    }
}

static const unsigned ending = CN_ARRIVED_TERMINATE | CN_ARRIVED_HANGUP | CN_ARRIVED_INTERRUPT;

static void on_soft(int number) {
    unsigned bit = bit_of(number);
    unsigned old = __atomic_fetch_or(&arrived, bit, __ATOMIC_SEQ_CST);
    // Nobody listens, or nobody has listened to the first one: leave without asking.
    if ((bit & ending) && (!looping || (old & bit))) {
        on_crash(number);
        return;
    }
    if (bit == CN_ARRIVED_STOP && !looping) {
        give_back();
        raise(SIGSTOP);
        return;
    }
    int kept = errno;
    uint64_t one = 1;
    ssize_t sent = write(plan.wake_fd, &one, sizeof one);
    (void)sent;
    errno = kept;
}

void cn_guard_install(const cn_guard_plan *wanted) {
    plan = *wanted;
    held = looping = capturing = 0;
    __atomic_store_n(&arrived, 0, __ATOMIC_SEQ_CST);
    if (!alternate_stack) {
        stack_t stack = {.ss_size = 64 * 1024};
        alternate_stack = stack.ss_sp = malloc(stack.ss_size);
        if (stack.ss_sp) sigaltstack(&stack, NULL);
    }
    struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK | SA_RESETHAND | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < CRASHES; i++) sigaction(crash_signals[i], &action, &before[crash_signals[i]]);
    // No SA_RESTART: a write that waits for a stalled terminal must notice that it is time to leave.
    action.sa_handler = on_soft;
    action.sa_flags = SA_ONSTACK;
    for (int i = 0; i < SOFT; i++) sigaction(soft_signals[i], &action, &before[soft_signals[i]]);
    // The caller's thread may belong to a pool that blocks everything.
    sigset_t wanted_here;
    sigemptyset(&wanted_here);
    for (int i = 0; i < CRASHES; i++) sigaddset(&wanted_here, crash_signals[i]);
    for (int i = 0; i < SOFT; i++) sigaddset(&wanted_here, soft_signals[i]);
    pthread_sigmask(SIG_UNBLOCK, &wanted_here, NULL);
    // Started by nohup or with job control off: what was ignored stays ignored.
    const int may_be_ignored[] = {SIGHUP, SIGINT, SIGTSTP, SIGQUIT};
    for (int i = 0; i < 4; i++) {
        int number = may_be_ignored[i];
        if (before[number].sa_handler == SIG_IGN) sigaction(number, &before[number], NULL);
    }
}

void cn_guard_remove(void) {
    give_back();
    for (int i = 0; i < CRASHES; i++) sigaction(crash_signals[i], &before[crash_signals[i]], NULL);
    for (int i = 0; i < SOFT; i++) sigaction(soft_signals[i], &before[soft_signals[i]], NULL);
    plan.wake_fd = -1;
}

void cn_guard_hold(bool now) { held = now; }
void cn_guard_loop(bool running) { looping = running; }
unsigned cn_guard_take(void) { return __atomic_exchange_n(&arrived, 0, __ATOMIC_SEQ_CST); }
bool cn_guard_take_stop(void) {
    return (__atomic_fetch_and(&arrived, ~CN_ARRIVED_STOP, __ATOMIC_SEQ_CST) & CN_ARRIVED_STOP) != 0;
}
bool cn_guard_ending(void) { return (__atomic_load_n(&arrived, __ATOMIC_SEQ_CST) & ending) != 0; }

void cn_guard_capture_errors(bool capture) {
    if (plan.captured_fd < 0 || capture == (capturing != 0)) return;
    if (capture) {
        capturing = 1;
        dup2(plan.captured_fd, STDERR_FILENO);
    } else {
        dup2(plan.error_fd, STDERR_FILENO);
        capturing = 0;
        show_errors();
    }
}

void cn_guard_die(int number) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t only;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
    sigemptyset(&only);
    sigaddset(&only, number);
    pthread_sigmask(SIG_UNBLOCK, &only, NULL);
    raise(number);
}

void cn_guard_ignore_interrupts(bool ignore) {
    if (ignore) {
        struct sigaction action = {.sa_handler = SIG_IGN};
        sigemptyset(&action.sa_mask);
        sigaction(SIGINT, &action, &interrupt_before);
        sigaction(SIGQUIT, &action, &quit_before);
    } else {
        sigaction(SIGINT, &interrupt_before, NULL);
        sigaction(SIGQUIT, &quit_before, NULL);
    }
}
