#pragma once
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

// A file driver for writing through a descriptor of the caller's that never tells the library of
// a failed write. libhdf5 does not recover from a full disk: files stay half open, and closing
// them again at the end of the process crashes. Here the first error number is kept in a cell of
// the caller's, who looks there after each call and throws the file away; the library goes on in
// peace and closes cleanly.

struct chdf5_target {
    int descriptor;
    int *error;
};

struct chdf5_lenient_file {
    H5FD_t base;
    struct chdf5_target target;
    haddr_t end_of_addresses;
    haddr_t end_of_file;
};

static inline void chdf5_note(struct chdf5_lenient_file *file) {
    if (*file->target.error == 0) *file->target.error = errno ? errno : EIO;
}

static inline H5FD_t *chdf5_lenient_open(
    const char *name, unsigned flags, hid_t access, haddr_t limit) {
    (void)name; (void)flags; (void)limit;
    const struct chdf5_target *target =
        (const struct chdf5_target *)H5Pget_driver_info(access);
    struct stat information;
    if (!target || fstat(target->descriptor, &information) != 0) return NULL;
    struct chdf5_lenient_file *file =
        (struct chdf5_lenient_file *)calloc(1, sizeof(struct chdf5_lenient_file));
    if (!file) return NULL;
    file->target = *target;
    file->end_of_file = (haddr_t)information.st_size;
    return &file->base;
}

static inline herr_t chdf5_lenient_close(H5FD_t *base) {
    free(base);
    return 0;
}

static inline herr_t chdf5_lenient_query(const H5FD_t *base, unsigned long *features) {
    (void)base;
    *features = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA
        | H5FD_FEAT_DATA_SIEVE | H5FD_FEAT_AGGREGATE_SMALLDATA;
    return 0;
}

static inline haddr_t chdf5_lenient_get_eoa(const H5FD_t *base, H5FD_mem_t type) {
    (void)type;
    return ((const struct chdf5_lenient_file *)base)->end_of_addresses;
}

static inline herr_t chdf5_lenient_set_eoa(H5FD_t *base, H5FD_mem_t type, haddr_t address) {
    (void)type;
    ((struct chdf5_lenient_file *)base)->end_of_addresses = address;
    return 0;
}

static inline haddr_t chdf5_lenient_get_eof(const H5FD_t *base, H5FD_mem_t type) {
    (void)type;
    return ((const struct chdf5_lenient_file *)base)->end_of_file;
}

static inline herr_t chdf5_lenient_read(
    H5FD_t *base, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, void *bytes) {
    (void)type; (void)transfer;
    struct chdf5_lenient_file *file = (struct chdf5_lenient_file *)base;
    char *rest = (char *)bytes;
    while (size > 0) {
        ssize_t count = pread(
            file->target.descriptor, rest, size < (1u << 30) ? size : (1u << 30),
            (off_t)address);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return -1;
        if (count == 0) {
            // What has not been written yet reads as zeros.
            memset(rest, 0, size);
            return 0;
        }
        rest += count;
        address += (haddr_t)count;
        size -= (size_t)count;
    }
    return 0;
}

static inline herr_t chdf5_lenient_write(
    H5FD_t *base, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size,
    const void *bytes) {
    (void)type; (void)transfer;
    struct chdf5_lenient_file *file = (struct chdf5_lenient_file *)base;
    const char *rest = (const char *)bytes;
    if (address + size > file->end_of_file) file->end_of_file = address + size;
    while (size > 0 && *file->target.error == 0) {
        ssize_t count = pwrite(
            file->target.descriptor, rest, size < (1u << 30) ? size : (1u << 30),
            (off_t)address);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) {
            chdf5_note(file);
            break;
        }
        rest += count;
        address += (haddr_t)count;
        size -= (size_t)count;
    }
    return 0;
}

static inline herr_t chdf5_lenient_truncate(H5FD_t *base, hid_t transfer, hbool_t closing) {
    (void)transfer; (void)closing;
    struct chdf5_lenient_file *file = (struct chdf5_lenient_file *)base;
    if (file->end_of_file != file->end_of_addresses) {
        if (*file->target.error == 0
            && ftruncate(file->target.descriptor, (off_t)file->end_of_addresses) != 0)
            chdf5_note(file);
        file->end_of_file = file->end_of_addresses;
    }
    return 0;
}

// Registers the driver with the library; negative on failure.
static inline hid_t chdf5_register_lenient_driver(void) {
    H5FD_class_t driver;
    memset(&driver, 0, sizeof driver);
#if H5_VERSION_GE(1, 13, 0)
    driver.version = H5FD_CLASS_VERSION;
    driver.value = (H5FD_class_value_t)487;
#endif
    driver.name = "spikelink_lenient";
    driver.maxaddr = ((haddr_t)1 << (8 * sizeof(off_t) - 1)) - 1;
    driver.fc_degree = H5F_CLOSE_WEAK;
    driver.fapl_size = sizeof(struct chdf5_target);
    driver.open = chdf5_lenient_open;
    driver.close = chdf5_lenient_close;
    driver.query = chdf5_lenient_query;
    driver.get_eoa = chdf5_lenient_get_eoa;
    driver.set_eoa = chdf5_lenient_set_eoa;
    driver.get_eof = chdf5_lenient_get_eof;
    driver.read = chdf5_lenient_read;
    driver.write = chdf5_lenient_write;
    driver.truncate = chdf5_lenient_truncate;
    const H5FD_mem_t map[H5FD_MEM_NTYPES] = H5FD_FLMAP_DICHOTOMY;
    memcpy(driver.fl_map, map, sizeof map);
    return H5FDregister(&driver);
}

// Lets a file access list write through the driver to the target.
static inline herr_t chdf5_set_target(hid_t access, hid_t driver, int descriptor, int *error) {
    struct chdf5_target target = {descriptor, error};
    return H5Pset_driver(access, driver, &target);
}
