// Every call into libvirt. Functions are looked up once; types come from its headers, so that a wrong call does not
// compile.
#define _GNU_SOURCE 1
#include "CLibvirt.h"

#include <dlfcn.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUNCTIONS(X) \
    X(virInitialize) X(virSetErrorFunc) X(virGetLastErrorMessage) X(virGetLastErrorCode) \
    X(virEventRegisterDefaultImpl) X(virEventRunDefaultImpl) X(virEventAddTimeout) \
    X(virConnectOpen) X(virConnectClose) X(virConnectIsAlive) X(virConnectSetKeepAlive) \
    X(virConnectListAllDomains) X(virConnectDomainEventRegisterAny) X(virConnectDomainEventDeregisterAny) \
    X(virDomainLookupByName) X(virDomainDefineXML) X(virDomainCreate) X(virDomainShutdown) X(virDomainDestroy) \
    X(virDomainUndefineFlags) X(virDomainUndefine) X(virDomainGetState) X(virDomainGetXMLDesc) X(virDomainGetName) \
    X(virDomainFree) X(virDomainInterfaceAddresses) X(virDomainInterfaceFree) \
    X(virStoragePoolLookupByName) X(virStoragePoolFree) X(virStoragePoolRefresh) X(virStorageVolLookupByName) \
    X(virStorageVolCreateXML) X(virStorageVolGetPath) X(virStorageVolDelete) X(virStorageVolFree) \
    X(virStorageVolUpload) X(virStreamNew) X(virStreamSend) X(virStreamFinish) X(virStreamAbort) X(virStreamFree)

#define POINTER(name) static __typeof__(name) *p_##name;
FUNCTIONS(POINTER)

struct cv_connection {
    virConnectPtr handle;
    int callback;
};

static _Thread_local char thread_error[1024];
static pthread_mutex_t start_lock = PTHREAD_MUTEX_INITIALIZER;
static int is_started;

static int failed(void) {
    snprintf(thread_error, sizeof thread_error, "%s", p_virGetLastErrorMessage());
    return CV_FAILED;
}

// The outcome of a look-up that found nothing: absent when libvirt says so, failed otherwise.
static int absent(int code) { return p_virGetLastErrorCode() == code ? CV_ABSENT : failed(); }

const char *cv_error(void) { return thread_error[0] ? thread_error : "unknown error"; }

static void quiet(void *context, virErrorPtr error) {
    (void)context;
    (void)error;
}
static void tick(int timer, void *context) {
    (void)timer;
    (void)context;
}

static void *deliver(void *context) {
    (void)context;
    for (;;) {
        if (p_virEventRunDefaultImpl() < 0) break;
    }
    return NULL;
}

static int load(void) {
    void *library = dlopen("libvirt.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(
            thread_error, sizeof thread_error, "libvirt is not installed here (%s): install the package libvirt0",
            dlerror());
        return CV_FAILED;
    }
#define LOOK_UP(name) \
    p_##name = (__typeof__(name) *)dlsym(library, #name); \
    if (!p_##name) { \
        snprintf(thread_error, sizeof thread_error, "this libvirt is too old: it has no " #name); \
        return CV_FAILED; \
    }
    FUNCTIONS(LOOK_UP)
    return CV_FINE;
}

int cv_start(void) {
    int result = CV_FINE;
    pthread_mutex_lock(&start_lock);
    if (!is_started) {
        result = load();
        if (result == CV_FINE && p_virInitialize() < 0) result = failed();
        if (result == CV_FINE) {
            p_virSetErrorFunc(NULL, quiet);
            // The loop looks at its list of descriptors when a timer goes off, at the latest.
            if (p_virEventRegisterDefaultImpl() < 0 || p_virEventAddTimeout(1000, tick, NULL, NULL) < 0)
                result = failed();
        }
        pthread_t thread;
        if (result == CV_FINE && pthread_create(&thread, NULL, deliver, NULL) != 0) {
            snprintf(thread_error, sizeof thread_error, "no thread is left");
            result = CV_FAILED;
        } else if (result == CV_FINE) {
            pthread_detach(thread);
            is_started = 1;
        }
    }
    pthread_mutex_unlock(&start_lock);
    return result;
}

cv_connection *cv_open(const char *uri) {
    if (cv_start() < 0) return NULL;
    virConnectPtr handle = p_virConnectOpen(uri);
    if (!handle) {
        failed();
        return NULL;
    }
    p_virConnectSetKeepAlive(handle, 5, 3);  // not for drivers without a daemon, which need none
    cv_connection *connection = calloc(1, sizeof *connection);
    if (!connection) abort();
    connection->handle = handle;
    connection->callback = -1;
    return connection;
}

void cv_close(cv_connection *connection) {
    if (!connection) return;
    if (connection->callback >= 0) p_virConnectDomainEventDeregisterAny(connection->handle, connection->callback);
    p_virConnectClose(connection->handle);
    free(connection);
}

int cv_is_alive(cv_connection *connection) { return p_virConnectIsAlive(connection->handle) == 1; }

static virDomainPtr find(cv_connection *connection, const char *name) {
    return p_virDomainLookupByName(connection->handle, name);
}

int cv_domain_state(cv_connection *connection, const char *name) {
    virDomainPtr domain = find(connection, name);
    if (!domain) return absent(VIR_ERR_NO_DOMAIN);
    int state = 0, reason = 0;
    int result = p_virDomainGetState(domain, &state, &reason, 0) < 0 ? failed() : state;
    p_virDomainFree(domain);
    return result;
}

int cv_domain_make(cv_connection *connection, const char *name, const char *xml) {
    virDomainPtr domain = find(connection, name);
    if (!domain) {
        if (absent(VIR_ERR_NO_DOMAIN) == CV_FAILED) return CV_FAILED;
        domain = p_virDomainDefineXML(connection->handle, xml);
        if (!domain) return failed();
    }
    int state = 0, reason = 0;
    int result = p_virDomainGetState(domain, &state, &reason, 0) < 0 ? failed() : CV_FINE;
    if (result == CV_FINE && state == VIR_DOMAIN_SHUTOFF && p_virDomainCreate(domain) < 0) result = failed();
    p_virDomainFree(domain);
    return result;
}

int cv_domain_shutdown(cv_connection *connection, const char *name) {
    virDomainPtr domain = find(connection, name);
    if (!domain) return absent(VIR_ERR_NO_DOMAIN);
    int result = p_virDomainShutdown(domain) < 0 ? failed() : CV_FINE;
    p_virDomainFree(domain);
    return result;
}

int cv_domain_end(cv_connection *connection, const char *name) {
    virDomainPtr domain = find(connection, name);
    if (!domain) return absent(VIR_ERR_NO_DOMAIN);
    int result = CV_FINE, state = 0, reason = 0;
    if (p_virDomainGetState(domain, &state, &reason, 0) == 0 && state != VIR_DOMAIN_SHUTOFF
        && p_virDomainDestroy(domain) < 0 && p_virGetLastErrorCode() != VIR_ERR_OPERATION_INVALID)
        result = failed();
    unsigned flags = VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_NVRAM;
    if (result == CV_FINE && p_virDomainUndefineFlags(domain, flags) < 0 && p_virDomainUndefine(domain) < 0
        && p_virGetLastErrorCode() != VIR_ERR_NO_DOMAIN)
        result = failed();
    p_virDomainFree(domain);
    return result;
}

char *cv_domain_xml(cv_connection *connection, const char *name) {
    virDomainPtr domain = find(connection, name);
    if (!domain) {
        failed();
        return NULL;
    }
    char *xml = p_virDomainGetXMLDesc(domain, 0);
    if (!xml) failed();
    p_virDomainFree(domain);
    return xml;
}

char *cv_domain_address(cv_connection *connection, const char *name) {
    virDomainPtr domain = find(connection, name);
    if (!domain) return NULL;
    virDomainInterfacePtr *list = NULL;
    char *found = NULL;
    int count = p_virDomainInterfaceAddresses(domain, &list, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE, 0);
    for (int i = 0; i < count; i++) {
        for (unsigned j = 0; j < list[i]->naddrs && !found; j++)
            if (list[i]->addrs[j].type == VIR_IP_ADDR_TYPE_IPV4) found = strdup(list[i]->addrs[j].addr);
        p_virDomainInterfaceFree(list[i]);
    }
    free(list);
    p_virDomainFree(domain);
    return found;
}

char *cv_domain_names(cv_connection *connection) {
    virDomainPtr *list = NULL;
    int count = p_virConnectListAllDomains(connection->handle, &list, 0);
    if (count < 0) {
        failed();
        return NULL;
    }
    size_t size = 1;
    for (int i = 0; i < count; i++) size += strlen(p_virDomainGetName(list[i])) + 1;
    char *names = calloc(size, 1);
    if (!names) abort();
    for (int i = 0; i < count; i++) {
        strcat(strcat(names, p_virDomainGetName(list[i])), "\n");
        p_virDomainFree(list[i]);
    }
    free(list);
    return names;
}

char *cv_volume_make(cv_connection *connection, const char *pool, const char *name, const char *xml) {
    virStoragePoolPtr store = p_virStoragePoolLookupByName(connection->handle, pool);
    if (!store) {
        failed();
        return NULL;
    }
    virStorageVolPtr volume = p_virStorageVolLookupByName(store, name);
    if (!volume) volume = p_virStorageVolCreateXML(store, xml, 0);
    char *path = volume ? p_virStorageVolGetPath(volume) : NULL;
    if (!path) failed();
    if (volume) p_virStorageVolFree(volume);
    p_virStoragePoolFree(store);
    return path;
}

// A volume in a pool whose list is made anew first: it may have been made behind the daemon's back.
static int volume(cv_connection *connection, const char *pool, const char *name, virStorageVolPtr *found) {
    virStoragePoolPtr store = p_virStoragePoolLookupByName(connection->handle, pool);
    if (!store) return absent(VIR_ERR_NO_STORAGE_POOL);
    *found = p_virStorageVolLookupByName(store, name);
    int result = *found ? CV_FINE : absent(VIR_ERR_NO_STORAGE_VOL);
    p_virStoragePoolFree(store);
    return result;
}

int cv_volume_fill(
    cv_connection *connection, const char *pool, const char *name, const uint8_t *bytes, size_t count) {
    virStorageVolPtr found = NULL;
    int result = volume(connection, pool, name, &found);
    if (result != CV_FINE) return result;
    virStreamPtr stream = p_virStreamNew(connection->handle, 0);
    if (!stream || p_virStorageVolUpload(found, stream, 0, count, 0) < 0) result = failed();
    for (size_t done = 0; result == CV_FINE && done < count;) {
        size_t piece = count - done < 65536 ? count - done : 65536;
        int sent = p_virStreamSend(stream, (const char *)bytes + done, piece);
        if (sent < 0) {
            result = failed();
            p_virStreamAbort(stream);
        } else {
            done += (size_t)sent;
        }
    }
    if (result == CV_FINE && p_virStreamFinish(stream) < 0) result = failed();
    if (stream) p_virStreamFree(stream);
    p_virStorageVolFree(found);
    return result;
}

int cv_volume_end(cv_connection *connection, const char *pool, const char *name) {
    virStorageVolPtr found = NULL;
    int result = volume(connection, pool, name, &found);
    if (result != CV_FINE) return result;
    if (p_virStorageVolDelete(found, 0) < 0) result = failed();
    p_virStorageVolFree(found);
    return result;
}

typedef struct {
    cv_lifecycle tell;
    void *context;
} listener;

static int heard(virConnectPtr handle, virDomainPtr domain, int event, int detail, void *opaque) {
    (void)handle;
    listener *who = opaque;
    who->tell(p_virDomainGetName(domain), event, detail, who->context);
    return 0;
}

int cv_listen(cv_connection *connection, cv_lifecycle tell, void *context) {
    listener *who = malloc(sizeof *who);
    if (!who) abort();
    who->tell = tell;
    who->context = context;
    connection->callback = p_virConnectDomainEventRegisterAny(
        connection->handle, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(heard), who, free);
    if (connection->callback < 0) {
        free(who);
        return failed();
    }
    return CV_FINE;
}
