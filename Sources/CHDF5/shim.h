#pragma once
#include <hdf5.h>
#include <stdio.h>
#include <string.h>
#include "lenient_driver.h"

// Type names, flags and versioned calls of HDF5 are macros with casts or commas, which Swift does
// not import; each becomes a function here.

static inline hid_t chdf5_float32_le(void) { return H5T_IEEE_F32LE; }
static inline hid_t chdf5_float64_le(void) { return H5T_IEEE_F64LE; }
static inline hid_t chdf5_int8_le(void) { return H5T_STD_I8LE; }
static inline hid_t chdf5_int16_le(void) { return H5T_STD_I16LE; }
static inline hid_t chdf5_int32_le(void) { return H5T_STD_I32LE; }
static inline hid_t chdf5_int64_le(void) { return H5T_STD_I64LE; }
static inline hid_t chdf5_uint8_le(void) { return H5T_STD_U8LE; }
static inline hid_t chdf5_uint16_le(void) { return H5T_STD_U16LE; }
static inline hid_t chdf5_uint32_le(void) { return H5T_STD_U32LE; }
static inline hid_t chdf5_uint64_le(void) { return H5T_STD_U64LE; }

static inline unsigned chdf5_truncate(void) { return H5F_ACC_TRUNC; }
static inline unsigned chdf5_read_only(void) { return H5F_ACC_RDONLY; }
static inline hsize_t chdf5_unlimited(void) { return H5S_UNLIMITED; }
static inline size_t chdf5_variable_length(void) { return H5T_VARIABLE; }

// A copied type of variable-length UTF-8 strings; the caller closes it.
static inline hid_t chdf5_make_string_type(size_t size, H5T_cset_t set) {
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type < 0) return type;
    if (H5Tset_size(type, size) < 0 || H5Tset_cset(type, set) < 0) {
        H5Tclose(type);
        return -1;
    }
    return type;
}

// File access: strong close, so that closing the file closes whatever is left open in it, and for
// new files the oldest format, which every HDF5 tool reads. The caller closes the list.
static inline hid_t chdf5_make_file_access(void) {
    hid_t list = H5Pcreate(H5P_FILE_ACCESS);
    if (list < 0) return list;
    if (H5Pset_fclose_degree(list, H5F_CLOSE_STRONG) < 0
        || H5Pset_libver_bounds(list, H5F_LIBVER_EARLIEST, H5F_LIBVER_V110) < 0) {
        H5Pclose(list);
        return -1;
    }
    return list;
}

// Without times in the object headers the same content makes the same bytes.
static inline hid_t chdf5_make_dataset_creation(void) {
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    if (list >= 0) H5Pset_obj_track_times(list, 0);
    return list;
}

// Link creation that makes missing groups on the way; the caller closes the list.
static inline hid_t chdf5_make_link_creation(void) {
    hid_t list = H5Pcreate(H5P_LINK_CREATE);
    if (list < 0) return list;
    if (H5Pset_create_intermediate_group(list, 1) < 0
        || H5Pset_char_encoding(list, H5T_CSET_UTF8) < 0) {
        H5Pclose(list);
        return -1;
    }
    return list;
}

// 1 hard link, 0 another kind of link, negative when there is none.
static inline int chdf5_link_is_hard(hid_t location, const char *name) {
    H5L_info_t info;
    if (H5Lget_info(location, name, &info, H5P_DEFAULT) < 0) return -1;
    return info.type == H5L_TYPE_HARD ? 1 : 0;
}

// Number of chunks that have been written, negative on failure.
static inline long long chdf5_written_chunks(hid_t dataset) {
    hsize_t count = 0;
    hid_t space = H5Dget_space(dataset);
    if (space < 0) return -1;
    herr_t status = H5Dget_num_chunks(dataset, space, &count);
    H5Sclose(space);
    return status < 0 ? -1 : (long long)count;
}

// The default error stack belongs to the calling thread: silence and empty it before each use.
static inline void chdf5_begin(void) {
    H5open();
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    H5Eclear2(H5E_DEFAULT);
}

struct chdf5_text {
    char *bytes;
    size_t size;
};

static inline herr_t chdf5_keep_innermost(unsigned n, const H5E_error2_t *error, void *context) {
    struct chdf5_text *text = (struct chdf5_text *)context;
    if (n == 0 && error->desc) snprintf(text->bytes, text->size, "%s", error->desc);
    return 0;
}

// The innermost message of the calling thread's error stack, empty when there is none.
static inline void chdf5_last_error(char *bytes, size_t size) {
    struct chdf5_text text = {bytes, size};
    bytes[0] = 0;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, chdf5_keep_innermost, &text);
}
