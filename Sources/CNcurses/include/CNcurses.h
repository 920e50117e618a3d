// ncurses as far as Swift needs it: what Swift's importer rejects (macros, globals, casts) as plain functions.
#ifndef BELLOWS_CNCURSES_H
#define BELLOWS_CNCURSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "CTerminalGuard.h"

/// Attribute bits of `cn_cell`, translated to ncurses' own when a row is drawn.
enum {
    CN_BOLD = 1,
    CN_DIM = 2,
    CN_REVERSE = 4,
    CN_UNDERLINE = 8,
    CN_ITALIC = 16,
};

/// Most cells of a row; longer rows are cut.
enum { CN_MAXIMUM_COLUMNS = 1000 };

/// One column of a row: what is drawn, how, and how many columns it takes (0 is the second half of a wide one).
typedef struct {
    uint32_t scalar;
    int32_t pair;
    uint8_t attributes;
    uint8_t width;
} cn_cell;

/// What the terminal description says about a terminal type.
typedef enum { CN_TERM_OK, CN_TERM_UNKNOWN, CN_TERM_NO_DATABASE, CN_TERM_NO_CURSOR, CN_TERM_FAILED } cn_term_result;

/// Sets the character type part of the locale from the environment; true if it is UTF-8. A locale that says UTF-8 and
/// is not installed becomes C.UTF-8. `force` takes C.UTF-8 whatever the environment says.
bool cn_set_locale(bool force);

/// Opens ncurses for terminal type `term`, writing into `frame_fd` and reading nothing.
cn_term_result cn_open(const char *term, int frame_fd);
/// Frees ncurses' screen. The file descriptor stays open.
void cn_close(void);
/// Colours of the terminal after `cn_open`; 0 if it has none.
int cn_colors(void);
/// Colour pairs that can be defined; 0 without colours.
int cn_color_pairs(void);
/// Defines pair `pair` (from 1); -1 is the terminal's own colour.
bool cn_define_pair(int pair, int foreground, int background);
/// Makes ncurses' screen that large.
void cn_resize(int height, int width);
/// Blanks the whole screen in memory.
void cn_erase(void);
/// Forgets what the terminal shows: the next refresh sends everything.
void cn_forget(void);
/// Draws row `y` from column 0. Characters whose width the C library sees otherwise become `?`.
void cn_draw_row(int y, const cn_cell *cells, int count);
/// Places the cursor and shows or hides it.
void cn_cursor(int y, int x, bool visible);
/// Works out the difference to what the terminal shows and writes it to the frame file.
void cn_refresh(void);
/// Writes what leaves ncurses' screen to the frame file; the next `cn_refresh` enters it again.
void cn_leave(void);
/// Copies a string capability without its padding marks; answers its length, 0 if there is none or no room.
size_t cn_capability(const char *name, char *buffer, size_t capacity);
/// True if colour 200 is set with `38;5;200`, so that a frame's colours can be rewritten.
bool cn_has_indexed_colors(void);

/// A file in memory, closed on exec; -1 and errno on failure.
int cn_memory_file(const char *name);
/// An event counter to wake a poll, closed on exec and never blocking; -1 and errno on failure.
int cn_event_counter(void);

#endif
