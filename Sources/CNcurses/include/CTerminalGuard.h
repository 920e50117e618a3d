// The terminal as it was found, to be given back whatever ends the process. Signal handlers must be C.
#ifndef BELLOWS_CTERMINALGUARD_H
#define BELLOWS_CTERMINALGUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>

/// Most bytes that give the terminal back.
enum { CN_RESTORE_CAPACITY = 512 };
/// Most bytes of captured error output that are shown afterwards; older ones are left out.
enum { CN_ERROR_TAIL_BYTES = 16384 };

/// What has to be known to give the terminal back.
typedef struct {
    int input_fd, output_fd;
    struct termios saved;
    char restore[CN_RESTORE_CAPACITY];
    size_t restore_length;
    /// Counter to wake the loop with.
    int wake_fd;
    /// The real error output, and the file that stands in for it; -1 if it is not captured.
    int error_fd, captured_fd;
} cn_guard_plan;

/// Signals that arrived, as bits of `cn_guard_take`.
enum {
    CN_ARRIVED_RESIZE = 1,
    CN_ARRIVED_CONTINUE = 2,
    CN_ARRIVED_STOP = 4,
    CN_ARRIVED_TERMINATE = 8,
    CN_ARRIVED_HANGUP = 16,
    CN_ARRIVED_INTERRUPT = 32,
};

/// Keeps the plan and installs the handlers. Call `cn_guard_remove` before arming again.
void cn_guard_install(const cn_guard_plan *plan);
/// Gives the handlers that were there before back.
void cn_guard_remove(void);
/// Says that the terminal is ours (set it before the first byte goes out) or has been given back.
void cn_guard_hold(bool held);
/// Says that a loop takes arrived signals; without one, ending signals give the terminal back at once.
void cn_guard_loop(bool running);
/// The signals that arrived since the last call.
unsigned cn_guard_take(void);
/// True if a request to stop has arrived; it is taken then.
bool cn_guard_take_stop(void);
/// True if a signal that ends the process has arrived and was not taken.
bool cn_guard_ending(void);
/// Redirects error output to the captured file, or back; showing its tail then.
void cn_guard_capture_errors(bool capture);
/// Raises the signal with its default action, so that the parent sees how the process ended.
void cn_guard_die(int signal_number);
/// Ignores interrupts from the keyboard while a child has the terminal, or stops doing so.
void cn_guard_ignore_interrupts(bool ignore);

#endif
