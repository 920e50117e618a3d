// The few ncurses calls behind a screen, with its globals and macros kept on this side.
#define _GNU_SOURCE 1
#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1
#include "CNcurses.h"

#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wchar.h>

#include <ncursesw/curses.h>
#include <ncursesw/term.h>

static SCREEN *the_screen;
static FILE *frame_file, *no_input;

static bool names_utf8(const char *name) {
    return name && (strcasestr(name, "utf-8") || strcasestr(name, "utf8"));
}

bool cn_set_locale(bool force) {
    const char *wanted = getenv("LC_ALL");
    if (!wanted || !*wanted) wanted = getenv("LC_CTYPE");
    if (!wanted || !*wanted) wanted = getenv("LANG");
    if (force || (!setlocale(LC_CTYPE, "") && names_utf8(wanted))) setlocale(LC_CTYPE, "C.UTF-8");
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

cn_term_result cn_open(const char *term, int frame_fd) {
    int found = 0;
    if (setupterm(term, frame_fd, &found) != OK) {
        return found < 0 ? CN_TERM_NO_DATABASE : found == 0 ? CN_TERM_UNKNOWN : CN_TERM_NO_CURSOR;
    }
    const char *move = tigetstr("cup");
    bool can_move = move && move != (const char *)-1;
    del_curterm(cur_term);
    if (!can_move) return CN_TERM_NO_CURSOR;
    int own = fcntl(frame_fd, F_DUPFD_CLOEXEC, 3);
    if (own < 0) return CN_TERM_FAILED;
    frame_file = fdopen(own, "w");
    no_input = fopen("/dev/null", "re");
    // The size is told by cn_resize. Until then ncurses needs some size, and descriptions such as linux give none.
    use_env(TRUE);
    use_tioctl(FALSE);
    the_screen = frame_file && no_input ? newterm(term, frame_file, no_input) : NULL;
    if (!the_screen) {
        cn_close();
        return CN_TERM_FAILED;
    }
    set_term(the_screen);
    typeahead(-1);
    noecho();
    nonl();
    if (has_colors()) {
        start_color();
        use_default_colors();
    }
    scrollok(stdscr, FALSE);
    return CN_TERM_OK;
}

void cn_close(void) {
    if (the_screen) delscreen(the_screen);
    if (frame_file) fclose(frame_file);
    if (no_input) fclose(no_input);
    the_screen = NULL;
    frame_file = no_input = NULL;
}

int cn_colors(void) { return has_colors() ? COLORS : 0; }
int cn_color_pairs(void) { return has_colors() ? COLOR_PAIRS : 0; }

bool cn_define_pair(int pair, int foreground, int background) {
    return init_extended_pair(pair, foreground, background) == OK;
}

void cn_resize(int height, int width) { resizeterm(height, width); }
void cn_erase(void) { werase(stdscr); }
void cn_forget(void) { clearok(curscr, TRUE); }

static attr_t translated(uint8_t attributes) {
    attr_t result = A_NORMAL;
    if (attributes & CN_BOLD) result |= A_BOLD;
    if (attributes & CN_DIM) result |= A_DIM;
    if (attributes & CN_REVERSE) result |= A_REVERSE;
    if (attributes & CN_UNDERLINE) result |= A_UNDERLINE;
    if (attributes & CN_ITALIC) result |= A_ITALIC;
    return result;
}

static void put(cchar_t *out, uint32_t scalar, attr_t attributes, int pair) {
    memset(out, 0, sizeof *out);
    out->chars[0] = (wchar_t)scalar;
    out->attr = attributes | COLOR_PAIR(pair < 256 ? pair : 255);
    out->ext_color = pair;
}

void cn_draw_row(int y, const cn_cell *cells, int count) {
    static cchar_t row[CN_MAXIMUM_COLUMNS];
    int used = 0;
    if (count > CN_MAXIMUM_COLUMNS) count = CN_MAXIMUM_COLUMNS;
    for (int i = 0; i < count; i++) {
        const cn_cell *cell = &cells[i];
        if (cell->width == 0) continue;
        attr_t attributes = translated(cell->attributes);
        bool plain = cell->scalar >= 0x20 && cell->scalar < 0x7F;
        if (plain || wcwidth((wchar_t)cell->scalar) == cell->width) {
            put(&row[used++], cell->scalar, attributes, cell->pair);
            continue;
        }
        for (int half = 0; half < cell->width; half++) put(&row[used++], '?', attributes, cell->pair);
    }
    wmove(stdscr, y, 0);
    wclrtoeol(stdscr);
    mvwadd_wchnstr(stdscr, y, 0, row, used);
}

void cn_cursor(int y, int x, bool visible) {
    curs_set(visible ? 1 : 0);
    wmove(stdscr, y, x);
}

void cn_refresh(void) {
    wnoutrefresh(stdscr);
    doupdate();
    fflush(frame_file);
}

void cn_leave(void) {
    endwin();
    fflush(frame_file);
}

size_t cn_capability(const char *name, char *buffer, size_t capacity) {
    const char *text = tigetstr(name);
    size_t used = 0;
    if (!text || text == (const char *)-1) return 0;
    while (*text) {
        if (text[0] == '$' && text[1] == '<') {
            const char *end = strchr(text, '>');
            if (end) {
                text = end + 1;
                continue;
            }
        }
        if (used == capacity) return 0;
        buffer[used++] = *text++;
    }
    return used;
}

bool cn_has_indexed_colors(void) {
    const char *set = tigetstr("setaf");
    if (!set || set == (const char *)-1) return false;
    const char *sent = tiparm(set, 200);
    return sent && strcmp(sent, "\033[38;5;200m") == 0;
}

int cn_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }
int cn_event_counter(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
