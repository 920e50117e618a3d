// libvirt as plain functions. The library is loaded when it is first asked for, so that a machine without it runs
// everything else; see the README of this target.
#ifndef CLIBVIRT_H
#define CLIBVIRT_H

#include <stddef.h>
#include <stdint.h>

// A connection to a host.
typedef struct cv_connection cv_connection;

// What a call came to: 0 fine, -1 failed (cv_error says why), -2 there is no such thing.
enum { CV_FINE = 0, CV_FAILED = -1, CV_ABSENT = -2 };

// The last error of this thread as text, never NULL; belongs to the library until the next call.
const char *cv_error(void);

// Loads the library and starts the thread that delivers events. 0, or -1 with cv_error.
int cv_start(void);

// Opens a connection; NULL with cv_error. Closing waits for nothing.
cv_connection *cv_open(const char *uri);
void cv_close(cv_connection *connection);
int cv_is_alive(cv_connection *connection);

// Domains by name.
// State as libvirt numbers it (1 running, 3 paused, 5 shut off ...), or CV_ABSENT, CV_FAILED.
int cv_domain_state(cv_connection *connection, const char *name);
// Defines and starts; a domain that is there is only started.
int cv_domain_make(cv_connection *connection, const char *name, const char *xml);
int cv_domain_shutdown(cv_connection *connection, const char *name);
// Ends it at once and forgets its definition.
int cv_domain_end(cv_connection *connection, const char *name);
// The domain's XML, to be freed; NULL with cv_error.
char *cv_domain_xml(cv_connection *connection, const char *name);
// First IPv4 address that the host leased to it, to be freed; NULL when there is none yet.
char *cv_domain_address(cv_connection *connection, const char *name);
// Names of all domains, one a line, to be freed; NULL with cv_error.
char *cv_domain_names(cv_connection *connection);

// Volumes of a storage pool by name.
// Makes a volume from XML, or finds it. The path to be freed; NULL with cv_error.
char *cv_volume_make(cv_connection *connection, const char *pool, const char *name, const char *xml);
// Fills a volume.
int cv_volume_fill(
    cv_connection *connection, const char *pool, const char *name, const uint8_t *bytes, size_t count);
int cv_volume_end(cv_connection *connection, const char *pool, const char *name);

// Tells of each change in a domain's life (libvirt's event and detail numbers), on the library's thread.
typedef void (*cv_lifecycle)(const char *name, int event, int detail, void *context);
int cv_listen(cv_connection *connection, cv_lifecycle tell, void *context);

#endif
